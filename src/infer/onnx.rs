//! What an ONNX file must be before tract runs it: of bounded size, with one picture as its input, and of operators that
//! tract knows.
//!
//! A file of a few bytes can ask for any amount of memory and time, some of it already while it is read, because tract
//! computes what is constant. So every tensor's shape is inferred and compared with a limit before anything is computed.

use tract_onnx::Onnx;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Length;
use tract_onnx::pb::type_proto::{Tensor as TensorType, Value as Type};
use tract_onnx::pb::{GraphProto, ModelProto, ValueInfoProto};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::ops::Cost;
use tract_onnx::tract_hir::infer::Factoid;

use crate::error::{ModelError, Result};

/// Longest file. RetinaFace with a ResNet-50, among the largest face detectors in use, has 109 million bytes.
const MOST_BYTES: usize = 128 << 20;

/// Most operators. RetinaFace with a ResNet-50 has a few hundred.
const MOST_OPERATORS: usize = 10_000;

/// Most values of one tensor: half a gigabyte. The largest tile has 1.2 million pixels, so 64 channels at full size fit.
const MOST_VALUES: usize = 1 << 27;

/// Most multiplications of one run, minutes of them: RetinaFace with a ResNet-50 takes 10^11 for the largest tile.
const MOST_WORK: i64 = 1 << 40;

/// Operators that tract knows and a detector does not need. Branches and loops may never end, random numbers differ in each
/// run, and the output of the last one has no bounded size.
const REFUSED: [&str; 8] = [
    "If",
    "Scan",
    "RandomUniform",
    "RandomUniformLike",
    "RandomNormal",
    "RandomNormalLike",
    "Multinomial",
    "ConstantLike",
];

/// Reads a network with one picture as its input.
///
/// # Errors
/// [`ModelError::TooLarge`], [`ModelError::NotOnnx`], [`ModelError::Operator`], [`ModelError::Inputs`],
/// [`ModelError::Outputs`], and [`ModelError::Load`] if tract refuses it for another reason.
pub(super) fn read(onnx: &[u8]) -> Result<InferenceModel> {
    if onnx.len() > MOST_BYTES {
        return Err(too_large(format!("{} bytes; the limit is {MOST_BYTES}", onnx.len())));
    }
    // The sizes that a file states for inner values and outputs hold for one input size only.
    let tract = tract_onnx::onnx().with_ignore_value_info(true).with_ignore_output_shapes(true);
    let file = tract.proto_model_for_read(&mut &*onnx).map_err(|e| ModelError::NotOnnx(format!("{e:#}")))?;
    check(&file, &tract)?;
    tract.model_for_proto_model(&file).map_err(refused)
}

/// tract's error for a network that it does not support.
pub(super) fn refused(error: TractError) -> crate::Error {
    ModelError::Load(format!("{error:#}")).into()
}

fn too_large(what: String) -> crate::Error {
    ModelError::TooLarge(what).into()
}

fn check(file: &ModelProto, tract: &Onnx) -> Result<()> {
    let graph = file.graph.as_ref().filter(|graph| !graph.node.is_empty());
    let graph = graph.ok_or_else(|| ModelError::NotOnnx("it holds no network".to_owned()))?;
    if graph.node.len() > MOST_OPERATORS {
        return Err(too_large(format!("{} operators; the limit is {MOST_OPERATORS}", graph.node.len())));
    }
    check_operators(graph, tract)?;
    check_input(graph)?;
    check_outputs(graph)
}

fn check_operators(graph: &GraphProto, tract: &Onnx) -> Result<()> {
    let names = graph.node.iter().map(|node| node.op_type.as_str());
    let is_refused = |name: &&str| REFUSED.contains(name) || !tract.op_register.0.contains_key(*name);
    let mut unknown: Vec<&str> = names.filter(is_refused).collect();
    unknown.sort_unstable();
    unknown.dedup();
    if unknown.is_empty() { Ok(()) } else { Err(ModelError::Operator(unknown.join(", ")).into()) }
}

fn check_input(graph: &GraphProto) -> Result<()> {
    // Older files list their weights among the inputs.
    let is_weight = |input: &ValueInfoProto| graph.initializer.iter().any(|weight| weight.name == input.name);
    let inputs: Vec<&ValueInfoProto> = graph.input.iter().filter(|input| !is_weight(input)).collect();
    let [input] = inputs[..] else {
        return Err(ModelError::Inputs(format!("it has {} inputs", inputs.len())).into());
    };
    match input.r#type.as_ref().and_then(|kind| kind.value.as_ref()) {
        Some(Type::TensorType(tensor)) if is_picture(tensor) => Ok(()),
        _ => Err(ModelError::Inputs(format!("\"{}\" is none", input.name)).into()),
    }
}

fn is_picture(tensor: &TensorType) -> bool {
    let channels =
        tensor.shape.as_ref().map(|shape| shape.dim.iter().map(|dim| dim.value.as_ref()).collect::<Vec<_>>());
    let has_three = match channels.as_deref() {
        Some([_, Some(Length::DimValue(channels)), _, _]) => *channels == 3,
        Some([_, _, _, _]) | None => true,
        Some(_) => false,
    };
    tensor.elem_type == DataType::Float as i32 && has_three
}

/// Refuses outputs that no node makes, which tract does not check.
fn check_outputs(graph: &GraphProto) -> Result<()> {
    let made = graph.node.iter().flat_map(|node| &node.output);
    let given = graph.input.iter().map(|input| &input.name).chain(graph.initializer.iter().map(|weight| &weight.name));
    let names: std::collections::HashSet<&String> = made.chain(given).collect();
    match graph.output.iter().find(|output| !names.contains(&output.name)) {
        Some(output) => Err(ModelError::Outputs(format!("nothing makes \"{}\"", output.name)).into()),
        None => Ok(()),
    }
}

/// Infers the shapes of a network whose input's size is known, operator by operator, and refuses a tensor with more than
/// [`MOST_VALUES`] before its values are computed. What cannot be inferred here is for tract to judge.
///
/// # Errors
/// [`ModelError::TooLarge`], and [`ModelError::Load`] if the network has a loop.
pub(super) fn bound_tensors(model: &mut InferenceModel) -> Result<()> {
    for id in model.eval_order().map_err(refused)? {
        let facts = model.node_facts(id).map(|(inputs, outputs)| {
            (inputs.into_iter().cloned().collect::<TVec<_>>(), outputs.into_iter().cloned().collect::<TVec<_>>())
        });
        let (inputs, outputs) = facts.map_err(refused)?;
        let mut operator = model.node(id).op.clone();
        let Ok((_, shapes, _)) = operator.infer_facts(refs(&inputs), refs(&outputs), tvec!()) else { continue };
        for fact in &shapes {
            check_size(fact.shape.concretize().as_deref().unwrap_or_default(), &model.node(id).name)?;
        }
        // Shapes further on may depend on the values.
        let Ok((_, known, _)) = operator.infer(refs(&inputs), refs(&outputs), tvec!()) else { continue };
        for (slot, fact) in known.into_iter().enumerate().take(outputs.len()) {
            model.set_outlet_fact(OutletId::new(id, slot), fact).map_err(refused)?;
        }
    }
    Ok(())
}

fn refs(facts: &TVec<InferenceFact>) -> TVec<&InferenceFact> {
    facts.iter().collect()
}

fn check_size(shape: &[TDim], name: &str) -> Result<()> {
    let lengths =
        shape.iter().filter_map(|dim| dim.to_i64().ok()).map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    match lengths.clone().try_fold(1usize, usize::checked_mul) {
        Some(values) if values <= MOST_VALUES => Ok(()),
        _ => {
            let lengths: Vec<usize> = lengths.collect();
            Err(too_large(format!("the tensor \"{name}\" of shape {lengths:?}; the limit is {MOST_VALUES} values")))
        }
    }
}

/// Refuses a network of which some tensor has more than [`MOST_VALUES`], or one run takes more than [`MOST_WORK`].
///
/// # Errors
/// [`ModelError::TooLarge`], and [`ModelError::Load`] if the network is unsound.
pub(super) fn bound_work(model: &TypedModel) -> Result<()> {
    let mut work = 0i64;
    for node in model.nodes() {
        for output in &node.outputs {
            check_size(output.fact.shape.dims(), &node.name)?;
        }
        let inputs = model.node_input_facts(node.id).map_err(refused)?;
        let costs = node.op.cost(&inputs).map_err(refused)?;
        let multiplications = costs.iter().filter(|(cost, _)| matches!(cost, Cost::FMA(_)));
        work = multiplications.fold(work, |sum, (_, count)| sum.saturating_add(count.to_i64().unwrap_or(i64::MAX)));
    }
    if work > MOST_WORK {
        return Err(too_large(format!("{work} multiplications a run; the limit is {MOST_WORK}")));
    }
    Ok(())
}
