/** From this cosine on two faces count as the same person: SAME_PERSON_FROM of src/recognition/recogniser.rs, which names its source. */
export const SAME_PERSON_FROM = 0.363;
