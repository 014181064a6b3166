//! Looks into a model for the side panel: what it is, and how far back its gradient reaches.
//!
//! It takes some tenths of a second of one core, so it runs on a thread of its own, on a copy of the model read from the
//! store: typing neither waits for it nor shares anything with it. One inspection runs at a time, and the latest request wins.

use std::sync::mpsc::Sender;

use anyhow::Context as _;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use ropey::Rope;

use crate::runtime::event_loop::Inspect;
use crate::runtime::workers::worker::{AtEnd, Latest, Wanted, Worker};
use crate::store::models::ModelStore;
use editor::Message;
use editor::effect::InspectionRequest;
use editor::inspection::{FlowCurve, FlowOf, Inspection, LEAST_OWN_TEXT, ModelFigures};
use model::Symbol;
use model::format::read_rnn;
use model::nn::{Cell, Parameters};
use model::rnn::{RnnNetwork, RnnShape, WARM_UP, gradient_reach};

/// Bytes back that the gradient is followed.
const LAGS: usize = 50;
/// Places of the text that the mean is taken over, at most.
const PLACES: usize = 48;
/// Bytes of one place: those read, and the one whose loss it is.
const PLACE: usize = LAGS + WARM_UP + 2;
/// The untrained network is the same every time.
const SEED: u64 = 0;

/// Measured on where the writer has not written enough.
const SAMPLE: &str = "The letter had been lying on the kitchen table since Monday, under the blue bowl with the pears. \
    Nobody had opened it. When my sister came home from the market, she put down her basket, read the name of the \
    sender twice and sat down by the window without taking off her coat. \u{201c}They have found the boat,\u{201d} she \
    said at last. \u{201c}After nine years, and only two miles from the harbour, where we looked first of all.\u{201d}";

/// An inspection, and where its answer goes.
type Job = (InspectionRequest, Sender<Message>);

/// Looks into versions of a store. The latest request wins.
#[derive(Debug)]
pub struct Inspector {
    worker: Worker<Latest<Job>>,
}

impl Inspector {
    /// Looks into the versions in `store`.
    pub fn new(store: ModelStore) -> Self {
        let work = move |(request, messages): &Job, wanted: &Wanted<_>| {
            // No answer to what is no longer wanted.
            if let Some(found) = inspect(&store, request, &|| wanted.is_wanted()).transpose() {
                answer(request, found.map_err(|error| format!("{error:#}")), messages);
            }
        };
        let failed = |(request, messages): &Job, _: &Wanted<_>, _: &str| {
            let said = "Looking into the model failed; typing and learning are not touched by it.";
            answer(request, Err(said.to_owned()), messages);
        };
        Self { worker: Worker::new("inspector", AtEnd::Leave, work, failed) }
    }
}

/// Answers a request. This fails only once the editor has ended.
fn answer(request: &InspectionRequest, found: Result<Inspection, String>, messages: &Sender<Message>) {
    let _ = messages.send(Message::ModelInspected { inspection: request.inspection, found });
}

impl Inspect for Inspector {
    fn inspect(&mut self, request: InspectionRequest, messages: &Sender<Message>) {
        let inspection = request.inspection;
        if let Err(cause) = self.worker.put((request, messages.clone())) {
            let found = Err(format!("No thread could be started to look into the model: {cause}."));
            let _ = messages.send(Message::ModelInspected { inspection, found });
        }
    }
}

/// Looks into the requested model. `None` when the request is no longer wanted.
fn inspect(
    store: &ModelStore,
    request: &InspectionRequest,
    is_wanted: &dyn Fn() -> bool,
) -> anyhow::Result<Option<Inspection>> {
    let (shape, parameters, bytes) = read(store, &request.model)?;
    let figures = ModelFigures {
        cell: cell_name(shape.cell).to_owned(),
        layers: shape.layers,
        hidden: shape.hidden,
        embed: shape.embed,
        vocabulary: shape.vocabulary,
        parameters: parameters.values.len(),
        bytes,
    };
    let (own_text, texts) = places(&request.text);
    let mut flow = vec![curve(FlowOf::InUse, shape, parameters, &texts)];
    if let Some(before) = &request.before
        && is_wanted()
        // A version that is no longer there is no reason to show nothing of the one in use.
        && let Ok((shape, parameters, _)) = read(store, before)
    {
        flow.push(curve(FlowOf::BeforeTraining(before.clone()), shape, parameters, &texts));
    }
    if !is_wanted() {
        return Ok(None);
    }
    let tanh = RnnShape { cell: Cell::Tanh, ..shape };
    let untrained = tanh.random_parameters(&mut StdRng::seed_from_u64(SEED));
    flow.push(curve(FlowOf::UntrainedTanh, tanh, untrained, &texts));
    Ok(is_wanted().then(|| Inspection { model: request.model.clone(), figures, own_text, flow }))
}

fn read(store: &ModelStore, name: &str) -> anyhow::Result<(RnnShape, Parameters<f32>, usize)> {
    let stored = store.load(name)?;
    let (shape, parameters) =
        read_rnn(&stored).with_context(|| format!("The model `{name}` cannot be looked into"))?;
    Ok((shape, parameters, stored.len()))
}

/// The name for people; files have a shorter one.
fn cell_name(cell: Cell) -> &'static str {
    match cell {
        Cell::Tanh => "RNN (tanh)",
        Cell::Sigmoid => "RNN (sigmoid)",
        Cell::Lstm => "LSTM",
        Cell::Gru => "GRU",
    }
}

/// How far back a network's gradient reaches at its top layer, from which the next letter is predicted.
fn curve(of: FlowOf, shape: RnnShape, parameters: Parameters<f32>, texts: &[Vec<Symbol>]) -> FlowCurve {
    let mut layers = gradient_reach(&RnnNetwork::new(shape, parameters), texts, LAGS, WARM_UP);
    FlowCurve { of, norms: layers.pop().unwrap_or_default() }
}

/// Pieces of the text to measure on, spread evenly over it, and whether they are the writer's own.
fn places(text: &Rope) -> (bool, Vec<Vec<Symbol>>) {
    let own = text.len_bytes() >= LEAST_OWN_TEXT;
    let sample = Rope::from_str(SAMPLE);
    let text = if own { text } else { &sample };
    let length = PLACE;
    let last = text.len_bytes().saturating_sub(length);
    let count = PLACES.min(last + 1);
    let place = |index: usize| {
        let start = index * last / (count - 1).max(1);
        text.bytes_at(start).take(length).map(Symbol::from).collect()
    };
    (own, (0..count).map(place).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use model::base::BASE_MODEL;

    #[test]
    fn places_are_spread_over_the_text_and_short_texts_give_way_to_the_sample() {
        let text: String = ('a'..='z').cycle().take(1_000).collect();
        let (own, texts) = places(&Rope::from_str(&text));
        assert!(own);
        assert_eq!(texts.len(), PLACES);
        let wanted =
            |start: usize| text.bytes().skip(start).take(PLACE).map(Symbol::from).collect::<Vec<_>>();
        assert_eq!((&texts[0], &texts[PLACES - 1]), (&wanted(0), &wanted(1_000 - PLACE)));
        for text in ["", "short", &text[..LEAST_OWN_TEXT - 1]] {
            let (own, texts) = places(&Rope::from_str(text));
            assert!(!own && texts.len() == PLACES && texts.iter().all(|text| text.len() == PLACE));
        }
    }

    #[test]
    fn the_base_model_remembers_longer_than_an_untrained_tanh_network() {
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
        let (sender, messages) = channel();
        let mut inspector = Inspector::new(store);
        let request = |model: &str, inspection| InspectionRequest {
            inspection,
            model: model.to_owned(),
            before: Some("gone".to_owned()),
            text: Rope::new(),
        };
        inspector.inspect(request("base", 1), &sender);
        let Ok(Message::ModelInspected { inspection: 1, found: Ok(found) }) = messages.recv() else {
            panic!("the base model was not looked into");
        };
        assert_eq!((found.model.as_str(), found.own_text), ("base", false));
        let figures = &found.figures;
        assert_eq!((figures.cell.as_str(), figures.layers, figures.hidden), ("LSTM", 2, 512));
        assert_eq!((figures.parameters, figures.bytes), (shape_parameters(), BASE_MODEL.len()));
        assert_eq!(found.flow.len(), 2, "a version that is gone is left out");
        let left = |curve: &FlowCurve| curve.norms[LAGS] / curve.norms[0];
        assert_eq!((&found.flow[0].of, &found.flow[1].of), (&FlowOf::InUse, &FlowOf::UntrainedTanh));
        assert!(found.flow.iter().all(|curve| curve.norms.len() == LAGS + 1));
        assert!(left(&found.flow[0]) > 1e3 * left(&found.flow[1]), "{:?}", found.flow);

        inspector.inspect(request("nowhere", 2), &sender);
        let answer = messages.recv();
        assert!(
            matches!(&answer, Ok(Message::ModelInspected { inspection: 2, found: Err(said) }) if said.contains("nowhere")),
            "{answer:?}"
        );
    }

    fn shape_parameters() -> usize {
        RnnShape::BASE.layout().len()
    }

    #[test]
    fn what_is_no_longer_wanted_is_not_answered() {
        let folder = tempfile::tempdir().unwrap();
        let store = ModelStore::open(&folder.path().join("models"), BASE_MODEL).unwrap();
        let request =
            InspectionRequest { inspection: 1, model: "base".to_owned(), before: None, text: Rope::new() };
        assert_eq!(inspect(&store, &request, &|| false).unwrap(), None);
    }
}
