//! The settings file: schema, defaults, and `parse(&str)`. The program reads the file.
//!
//! Every key may be left out, and so may the file. An unknown key is an error: a misspelt `tab_widht` that silently
//! does nothing costs a writer an evening. `assets/config.toml` is the same settings as a file, commented, and a test
//! holds the two together.

use std::num::NonZeroUsize;

use serde::Deserialize;

/// The settings as a commented file that changes nothing.
pub const DEFAULT_FILE: &str = include_str!("../assets/config.toml");

/// What a writer can set.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How text is typed and shown.
    pub editor: EditorConfig,
    /// What is offered, and how eagerly.
    pub suggestions: SuggestionsConfig,
    /// How a retraining runs by default.
    pub training: TrainingConfig,
}

/// How text is typed and shown.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EditorConfig {
    /// Columns from one tab stop to the next, 1 to 16.
    pub tab_width: usize,
    /// Whether Tab, with no suggestion on show, inserts spaces up to the next stop rather than a tab character.
    pub indent_with_spaces: bool,
}

/// What is offered, and how eagerly.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SuggestionsConfig {
    /// Whether anything is offered at all.
    pub enabled: bool,
    /// Whether the best suggestion stands after the cursor as ghost text.
    pub ghost: bool,
    /// Whether the strip of candidates is shown.
    pub strip: bool,
    /// Whether the strip offers words of which only the last letter is missing.
    pub single_letters: bool,
    /// How sure the model must be before a ghost is shown: 0 is quiet, 1 is eager.
    pub eagerness: f32,
    /// Words that are never offered, in any case.
    pub never: Vec<String>,
    /// Folders whose files are learned from while they are written, besides those trained on.
    pub learn_in: Vec<String>,
}

/// How a retraining runs by default.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainingConfig {
    /// Minutes of learning, if the validation does not stop it before.
    pub minutes: f64,
    /// Threads that learn; left out, as many as the machine has cores, so that typing and learning share fairly.
    pub threads: Option<NonZeroUsize>,
}

impl Default for EditorConfig {
    fn default() -> Self {
        Self { tab_width: 4, indent_with_spaces: true }
    }
}

impl Default for SuggestionsConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            ghost: true,
            strip: true,
            single_letters: true,
            eagerness: 0.5,
            never: Vec::new(),
            learn_in: Vec::new(),
        }
    }
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self { minutes: 5.0, threads: None }
    }
}

/// Why the settings cannot be used. The caller names the file; this names the place in it, the cause and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not TOML, an unknown key, or a value of the wrong kind.
    #[error("line {line}: {cause}; correct or remove it")]
    Unreadable {
        /// Where, counted from 1.
        line: usize,
        /// What is wrong; names the known keys if one is unknown.
        cause: String,
    },
    /// A value outside its bounds.
    #[error("{key} is {value}, but must lie between {least} and {most}")]
    OutOfBounds {
        /// The key, with its table.
        key: &'static str,
        /// What was set.
        value: String,
        /// The least value allowed.
        least: &'static str,
        /// The greatest value allowed.
        most: &'static str,
    },
}

/// Reads settings; what is not set has its default.
///
/// # Errors
///
/// [`ConfigError`] for text that is not TOML, an unknown key, or a value of the wrong kind or out of bounds.
pub fn parse(text: &str) -> Result<Config, ConfigError> {
    let config: Config = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = text.get(..start).map_or(0, |before| before.matches('\n').count()) + 1;
        let cause =
            error.message().replace("unknown field", "unknown key").replace("expected", "known here:");
        let cause = if error.message().starts_with("unknown") { cause } else { error.message().to_owned() };
        ConfigError::Unreadable { line, cause }
    })?;
    config.check()?;
    Ok(config)
}

/// Cores of this machine: the threads that learn where no number is given.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

impl Config {
    fn check(&self) -> Result<(), ConfigError> {
        let out_of_bounds = |key, value: &dyn ToString, least, most| {
            Err(ConfigError::OutOfBounds { key, value: value.to_string(), least, most })
        };
        if !(1..=16).contains(&self.editor.tab_width) {
            return out_of_bounds("editor.tab_width", &self.editor.tab_width, "1", "16");
        }
        if !(0.0..=1.0).contains(&self.suggestions.eagerness) {
            return out_of_bounds("suggestions.eagerness", &self.suggestions.eagerness, "0", "1");
        }
        if !(0.1..=1440.0).contains(&self.training.minutes) {
            return out_of_bounds("training.minutes", &self.training.minutes, "0.1", "1440");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_gives_the_defaults() {
        assert_eq!(parse(""), Ok(Config::default()));
        assert_eq!(parse("[editor]\n[suggestions]\n"), Ok(Config::default()));
    }

    #[test]
    fn the_default_file_changes_nothing_and_shows_every_key_with_its_default() {
        assert_eq!(parse(DEFAULT_FILE), Ok(Config::default()));
        let uncommented: String = DEFAULT_FILE
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .flat_map(|line| [line, "\n"])
            .collect();
        let mut expected = Config::default();
        expected.training.threads = NonZeroUsize::new(2);
        assert_eq!(parse(&uncommented), Ok(expected));
        let error = parse("[editor]\nno_such_key = 1").unwrap_err().to_string();
        for key in error.split('`').skip(3).step_by(2) {
            assert!(DEFAULT_FILE.contains(&format!("#: {key} = ")), "{key} is missing in assets/config.toml");
        }
    }

    #[test]
    fn values_are_read() {
        let config = parse(
            "[editor]\ntab_width = 8\nindent_with_spaces = false\n\
             [suggestions]\neagerness = 0.9\nnever = [\"Damn\"]\n[training]\nminutes = 1\nthreads = 3\n",
        )
        .unwrap();
        assert_eq!(config.editor.tab_width, 8);
        assert!(!config.editor.indent_with_spaces);
        assert!((config.suggestions.eagerness - 0.9).abs() < 1e-6);
        assert_eq!(config.training.threads.map(NonZeroUsize::get), Some(3));
        assert!((config.training.minutes - 1.0).abs() < 1e-9);
    }

    #[test]
    fn errors_say_where_what_and_what_to_do() {
        let cases = [
            ("[editor]\n\ntab_widht = 4", "line 3: unknown key `tab_widht`"),
            ("[editor]\ntab_widht = 4", "`tab_width`"),
            ("[editors]\n", "`editor`"),
            ("[editor]\ntab_width = \"four\"", "line 2: invalid type"),
            ("[editor]\ntab_width = 0", "editor.tab_width is 0, but must lie between 1 and 16"),
            ("[suggestions]\neagerness = 1.5", "between 0 and 1"),
            ("[suggestions]\neagerness = nan", "between 0 and 1"),
            ("[training]\nminutes = -3", "training.minutes is -3"),
            ("[training]\nthreads = 0", "line 2"),
            ("[editor", "line 1"),
        ];
        for (text, expected) in cases {
            let message = parse(text).expect_err(text).to_string();
            assert!(message.contains(expected), "{text:?}: {message}");
        }
    }
}
