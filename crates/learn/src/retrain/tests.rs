#![allow(clippy::disallowed_methods, reason = "the tests prepare folders")]

use std::cell::Cell;
use std::path::PathBuf;

use super::*;
use model::format::read_rnn;

const SHAPE: RnnShape = RnnShape { embed: 8, hidden: 16, layers: 1, ..RnnShape::BASE };

/// A host whose clock is a millisecond further at each look.
struct FakeHost {
    now: Cell<Duration>,
    reports: Vec<StepReport>,
    /// From this phase on the writer wants this.
    wish: (TrainingPhase, Wish),
    /// What each look whether there is a pause takes.
    pause: Duration,
    room: Result<(), &'static str>,
}

impl FakeHost {
    fn new() -> Self {
        Self {
            now: Cell::default(),
            reports: Vec::new(),
            wish: (TrainingPhase::Reading, Wish::Continue),
            pause: Duration::ZERO,
            room: Ok(()),
        }
    }

    fn wishing(phase: TrainingPhase, wish: Wish) -> Self {
        Self { wish: (phase, wish), ..Self::new() }
    }
}

impl Host for FakeHost {
    fn now(&self) -> Duration {
        self.now.update(|now| now + Duration::from_millis(1));
        self.now.get()
    }

    fn wish(&self) -> Wish {
        let (phase, wish) = self.wish;
        let is_reached = self.reports.iter().any(|report| report.phase == phase);
        if is_reached { wish } else { Wish::Continue }
    }

    fn wait_while_paused(&mut self) {
        self.now.set(self.now.get() + self.pause);
    }

    fn report(&mut self, report: StepReport) {
        self.reports.push(report);
    }

    fn check_room(&mut self, _: usize) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(self.room?)
    }
}

fn parent() -> Parent {
    let parameters = SHAPE.random_parameters(&mut StdRng::seed_from_u64(5));
    let model = StreamingRnn::new(SHAPE, &parameters);
    let words = Personal::new(suggest::Background::base());
    Parent { name: "base".to_owned(), shape: SHAPE, parameters, model, words }
}

/// A folder of six documents: one is held out, and the longest gives its end to validation.
fn folder() -> (tempfile::TempDir, TrainingPlan) {
    let folder = tempfile::tempdir().unwrap();
    for day in 1..=6 {
        let text =
            format!("Day {day}. The gannets came back to the stack and the keeper lit the lamp early.\n\n");
        std::fs::write(folder.path().join(format!("{day}.txt")), text.repeat(12)).unwrap();
    }
    let plan =
        TrainingPlan { folders: vec![folder.path().to_owned()], minutes: 60.0, ..TrainingPlan::default() };
    (folder, plan)
}

fn run(plan: &TrainingPlan, host: &mut FakeHost) -> Result<Outcome, RetrainError> {
    retrain(parent(), &SuggestionSettings::default(), plan, host)
}

fn new_model(plan: &TrainingPlan, host: &mut FakeHost) -> NewModel {
    match run(plan, host) {
        Ok(Outcome::Judged(new)) => *new,
        other => panic!("{other:?}"),
    }
}

/// The bytes of the file will not do: the order of its header's entries is random.
fn weights(new: &NewModel) -> Vec<f32> {
    read_rnn(&new.file).unwrap().1.values
}

#[test]
fn the_same_seed_gives_the_same_model_and_a_pause_costs_no_step() {
    let (_folder, plan) = folder();
    let first = new_model(&plan, &mut FakeHost::new());
    let paused = new_model(&plan, &mut FakeHost { pause: Duration::from_secs(3_600), ..FakeHost::new() });
    let other = new_model(&TrainingPlan { seed: 2, ..plan }, &mut FakeHost::new());
    assert!(first.summary.steps > 0);
    assert_eq!(first.summary.steps, paused.summary.steps);
    assert!(weights(&first) == weights(&paused) && weights(&first) != weights(&other));
    assert!(first.words.to_bytes() == paused.words.to_bytes());
}

#[test]
fn learning_ends_with_its_minutes() {
    let (_folder, plan) = folder();
    let whole = new_model(&plan, &mut FakeHost::new()).summary;
    let short = new_model(&TrainingPlan { minutes: 0.001, ..plan }, &mut FakeHost::new()).summary;
    assert!(short.steps < whole.steps, "{} {}", short.steps, whole.steps);
}

#[test]
fn what_is_judged_on_is_not_learned_and_the_verdict_is_that_of_the_figures() {
    let (folder, plan) = folder();
    let mut host = FakeHost::wishing(TrainingPhase::Reading, Wish::Finish);
    let NewModel { words, summary, .. } = new_model(&plan, &mut host);
    let name = |day: usize| folder.path().join(format!("{day}.txt")).display().to_string();
    let mut learned = words.documents().to_vec();
    learned.sort();
    assert_eq!(learned, (1..=5).map(name).collect::<Vec<_>>());
    assert_eq!((summary.steps, summary.documents, summary.model.as_str()), (0, 6, "base"));
    assert!(
        summary.promoted && summary.after.figures.ksr.five > summary.before.figures.ksr.five,
        "{summary:?}"
    );
    let phases: Vec<_> = host.reports.iter().map(|report| report.phase).collect();
    assert!(phases.is_sorted_by_key(|phase| *phase as usize), "{phases:?}");
    assert!(host.reports.iter().is_sorted_by(|a, b| a.progress <= b.progress));
}

#[test]
fn a_cancelled_run_gives_no_model_whenever_it_is_cancelled() {
    let (_folder, plan) = folder();
    for phase in [TrainingPhase::MeasuringBefore, TrainingPhase::Training, TrainingPhase::MeasuringAfter] {
        let outcome = run(&plan, &mut FakeHost::wishing(phase, Wish::Cancel));
        assert!(matches!(outcome, Ok(Outcome::Cancelled)), "{phase:?}: {outcome:?}");
    }
}

#[test]
fn what_cannot_be_kept_or_judged_is_refused_before_the_work() {
    let (folder, plan) = folder();
    let mut host = FakeHost { room: Err("the disk is full"), ..FakeHost::new() };
    assert_eq!(run(&plan, &mut host).unwrap_err().to_string(), "the disk is full");
    std::fs::write(folder.path().join("word"), "word").unwrap();
    for (path, said) in [("word", "too little text"), ("nowhere", "there is no such folder or file")] {
        let folders: Vec<PathBuf> = vec![folder.path().join(path)];
        let error = run(&TrainingPlan { folders, ..plan.clone() }, &mut host).unwrap_err().to_string();
        assert!(error.contains(path) && error.contains(said), "{error}");
    }
    assert!(host.reports.iter().all(|report| report.phase == TrainingPhase::Reading));
}
