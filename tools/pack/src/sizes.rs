//! Tensors that hold sizes. Exporters compute the size to enlarge to, or the shape to give, from the shapes of other
//! tensors; what they come to is known as soon as one knows how often a value was halved.

use std::collections::HashMap;

use tract_onnx::pb::NodeProto;

use crate::onnx::{Graph, Refusal, integer, refusal};

/// One number in a tensor of sizes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Size {
    /// A number that does not depend on the picture.
    Fixed(i64),
    /// The picture's height, halved that many times.
    Height(u32),
    /// The picture's width, halved that many times.
    Width(u32),
}

/// The tensors of sizes known so far, by name.
#[derive(Default)]
pub(crate) struct Sizes {
    known: HashMap<String, Vec<Size>>,
}

impl Sizes {
    pub(crate) fn insert(&mut self, name: &str, sizes: Vec<Size>) {
        self.known.insert(name.to_owned(), sizes);
    }

    /// The sizes that a node has as its input number `index`, computed or constant.
    pub(crate) fn get(&self, graph: &Graph, node: &NodeProto, index: usize) -> Result<Vec<Size>, Refusal> {
        if let Some(sizes) = node.input.get(index).and_then(|name| self.known.get(name)) {
            return Ok(sizes.clone());
        }
        let constant = graph.constant(node, index)?;
        Ok(constant.values.iter().map(|value| Size::Fixed(*value as i64)).collect())
    }

    /// Whether the node computes sizes from sizes.
    pub(crate) fn knows(&self, node: &NodeProto) -> bool {
        node.input.iter().any(|name| self.known.contains_key(name))
            && ["Gather", "Slice", "Unsqueeze", "Cast", "Concat"].contains(&node.op_type.as_str())
    }

    /// Computes what the node makes.
    pub(crate) fn compute(&self, graph: &Graph, node: &NodeProto) -> Result<Vec<Size>, Refusal> {
        let sizes = |index| self.get(graph, node, index);
        match node.op_type.as_str() {
            "Unsqueeze" | "Cast" => sizes(0),
            "Concat" => Ok((0..node.input.len()).map(sizes).collect::<Result<Vec<_>, _>>()?.concat()),
            "Gather" if integer(node, "axis", 0) == 0 => {
                let all = sizes(0)?;
                let picked = sizes(1)?.into_iter().map(|index| all.get(position(index)?).copied());
                picked.collect::<Option<_>>().ok_or_else(|| refusal(node, "there is no such size"))
            }
            "Slice" if node.input.len() == 4 && sizes(3)? == [Size::Fixed(0)] => {
                let range = (position(sizes(1)?[0]), position(sizes(2)?[0]));
                let (Some(start), Some(end)) = range else { return Err(refusal(node, "its bounds are not known")) };
                let all = sizes(0)?;
                all.get(start..end).map(<[Size]>::to_vec).ok_or_else(|| refusal(node, "there is no such size"))
            }
            _ => Err(refusal(node, "no such operator on sizes")),
        }
    }
}

fn position(size: Size) -> Option<usize> {
    match size {
        Size::Fixed(position) => usize::try_from(position).ok(),
        Size::Height(_) | Size::Width(_) => None,
    }
}
