use super::*;
use crate::LanguageModel as _;
use crate::ngram::{Scored, State};

const GOOD: &str = "made by hand

\\data\\
ngram 1=5
ngram 2=3

\\1-grams:
-1\t<unk>
0\t<s>\t-0.25
-0.5\t</s>
-0.6\tred\t-0.125
-0.7\tfox

\\2-grams:
-0.1\t<s> red
-0.2\tred fox
-0.3 red </s>

\\end\\
";

fn text(model: &Model<Vec<u8>>) -> String {
    let mut out = Vec::new();
    write(model, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn reads_and_answers() {
    let model = read(GOOD.as_bytes()).unwrap().to_model().unwrap();
    let mut state = model.start();
    let mut ask = |word| model.step(&mut state, model.word_id(word));
    assert_eq!(ask("red"), Scored { log10: -0.1, order: 2 });
    assert_eq!(ask("red"), Scored { log10: -0.6 - 0.125, order: 1 });
    assert_eq!(ask("fox"), Scored { log10: -0.2, order: 2 });
    assert_eq!(ask("owl"), Scored { log10: -1.0, order: 1 });
}

#[test]
fn what_is_written_reads_back_the_same() {
    let first = text(&read(GOOD.as_bytes()).unwrap().to_model().unwrap());
    let second = text(&read(first.as_bytes()).unwrap().to_model().unwrap());
    assert_eq!(first, second);
    assert!(first.starts_with("\\data\\\nngram 1=5\nngram 2=3\n\n\\1-grams:\n-1\t<unk>\t0\n"), "{first}");
    assert!(first.contains("-0.2\tred fox\n"), "{first}");
}

#[test]
fn a_missing_unknown_word_is_made_up() {
    let without = GOOD.replace("-1\t<unk>\n", "").replace("1=5", "1=4");
    let model = read(without.as_bytes()).unwrap().to_model().unwrap();
    let owl = model.score(&State::default(), model.word_id("owl"));
    assert_eq!(owl, Scored { log10: MISSING_UNKNOWN, order: 1 });
}

#[test]
fn cut_short_anywhere_is_an_error() {
    let end = GOOD.trim_end().len();
    for cut in (0..end).filter(|&cut| GOOD.is_char_boundary(cut)) {
        assert!(read(&GOOD.as_bytes()[..cut]).is_err(), "{:?}", &GOOD[..cut]);
    }
    let error = read(&GOOD.as_bytes()[..end - "\\end\\".len()]).unwrap_err();
    assert!(matches!(&error, ArpaError::CutShort { part, .. } if part == "\\2-grams:"), "{error}");
}

#[test]
fn bad_files_are_refused_with_the_place() {
    for (from, to, expected) in [
        ("ngram 2=3", "ngram 2=4", "promises 4 2-grams and has 3"),
        ("ngram 1=5", "ngram 1=99999999999999", "promises 99999999999999 1-grams and has 5"),
        ("ngram 2=3", "ngram 3=3", "line 5 of the ARPA file: expected \"ngram 2=SIZE\""),
        ("ngram 1=5\nngram 2=3\n", "", "order 1 to 6, not 0"),
        ("red fox", "red owl", "\"owl\" is not among the 1-grams"),
        ("red fox", "<s> red", "\"<s> red\" twice"),
        ("-0.7\tfox", "-0.7\tred", "\"red\" twice"),
        ("-0.2\tred", "0.2\tred", "the log-probability 0.2 is above 0"),
        ("-0.2\tred", "x\tred", "\"x\" is no log-probability"),
        ("-0.2\tred", "NaN\tred", "\"NaN\" is no log-probability"),
        ("red\t-0.125", "red\tinf", "\"inf\" is no backoff weight"),
        ("red fox", "fox", "fewer than 2 words"),
        ("red fox", "red fox red -1", "\"red\" is no backoff weight"),
        ("red fox", "red fox -1 red", "more than 2 words"),
        ("\\2-grams:", "\\3-grams:", "expected \\2-grams:"),
        ("-0.5\t</s>", "-0.5\towl", "not \"</s>\""),
    ] {
        let bad = GOOD.replacen(from, to, 1);
        assert_ne!(bad, GOOD);
        let error = read(bad.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{from} -> {to}: {error}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let error = read(&b"\\data\\\nngram 1=\xff\n"[..]).unwrap_err().to_string();
    assert!(error.starts_with("line 2 of the ARPA file: it is no UTF-8 text"), "{error}");
}

#[test]
fn holes_are_refused() {
    let base = GOOD.replace("ngram 2=3", "ngram 2=3\nngram 3=1");
    for (trigram, missing) in [("fox red fox", "fox red"), ("<s> red red", "red red")] {
        let text = base.replace("\\end\\", &format!("\\3-grams:\n-0.1\t{trigram}\n\n\\end\\"));
        let error = read(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(&format!("\"{trigram}\" but not \"{missing}\"")), "{error}");
    }
}
