//! A folder of the writer's own documents, read, cleaned and split.
//!
//! The way of a document: [`walk`] finds it and reads its bytes · `format` turns them into prose · [`clean`]
//! levels what editors differ in · `privacy` leaves out secrets · [`split`] divides the documents into
//! those learned from and those the result is judged on. Everything but [`walk`] is pure: bytes in,
//! text out. Nothing vanishes in silence: what is not read is in [`Corpus::skipped`] with its reason, and what is
//! left out of a document is counted in [`SourceText::redacted`].
//!
//! A worked trace: `notes/mail.txt`, 900 bytes, CRLF, one line `password: hunter2` → `format::read_document` →
//! a [`SourceText`] with `\n` line ends, `redacted == 1`, and no trace of `hunter2`, nor in any other document of the corpus.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use secrets::Values;

pub mod clean;
mod format;
mod privacy;
pub mod split;
pub mod walk;

pub use split::Split;
pub use walk::ReadError;

/// A document, ready to be learned from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    /// Where it was found, as the folder was named.
    pub path: PathBuf,
    /// The name under which its words are learned: the absolute path.
    pub name: String,
    /// Its prose: `\n` line ends, no control characters, suspected secrets left out.
    pub text: String,
    /// Unicode words in `text`.
    pub words: usize,
    /// Secrets left out.
    pub redacted: usize,
    /// Their values, until they are found in the other documents.
    values: Vec<String>,
}

/// A file that is not learned from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Where it is.
    pub path: PathBuf,
    /// Why, in words for the writer.
    pub reason: String,
}

/// What a folder holds: the documents in name order, and what was left out.
///
/// Name order, not time order: copying, cloning and syncing reset modification times, so the same folder would be
/// split differently from one machine to the next. Names sort the same everywhere, and dated names sort by date.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corpus {
    /// What is learned from or judged on.
    pub documents: Vec<SourceText>,
    /// What is not, and why.
    pub skipped: Vec<Skipped>,
}

impl Corpus {
    /// Puts a corpus together from files already read: sorts by path, and skips exact copies, so that a copy of a
    /// learned document can never be among those the result is judged on. A secret that was found in one of them goes from all.
    pub(crate) fn from_documents(mut documents: Vec<SourceText>, mut skipped: Vec<Skipped>) -> Self {
        purge(&mut documents);
        documents.retain(|document| {
            let is_left = document.words > 0 || document.redacted == 0;
            if !is_left {
                let reason = "nothing left without the secrets in it".to_owned();
                skipped.push(Skipped { path: document.path.clone(), reason });
            }
            is_left
        });
        documents.sort_by(|a, b| a.path.cmp(&b.path));
        let mut kept: Vec<SourceText> = Vec::with_capacity(documents.len());
        let mut seen: HashMap<u64, Vec<usize>> = HashMap::new();
        for document in documents {
            let same_hash = seen.entry(fingerprint(&document.text)).or_default();
            if let Some(&first) = same_hash.iter().find(|&&index| kept[index].text == document.text) {
                let reason = format!("the same text as {}", kept[first].path.display());
                skipped.push(Skipped { path: document.path, reason });
            } else {
                same_hash.push(kept.len());
                kept.push(document);
            }
        }
        skipped.sort_by(|a, b| a.path.cmp(&b.path));
        Self { documents: kept, skipped }
    }

    /// Bytes of all documents.
    pub fn bytes(&self) -> usize {
        self.documents.iter().map(|document| document.text.len()).sum()
    }
}

impl SourceText {
    /// A document of text that is already clean; counts its words.
    pub fn new(path: &Path, text: String, redacted: usize) -> Self {
        let words = count_words(&text);
        let name = path.display().to_string();
        Self { path: path.to_owned(), name, text, words, redacted, values: Vec::new() }
    }

    /// The same document with another text.
    fn with_text(&self, text: String, redacted: usize) -> Self {
        Self { name: self.name.clone(), ..Self::new(&self.path, text, redacted) }
    }
}

/// Cuts what was found in any document out of all of them.
fn purge(documents: &mut [SourceText]) {
    let found: Vec<String> =
        documents.iter_mut().flat_map(|document| std::mem::take(&mut document.values)).collect();
    let values = Values::new(found.iter().map(String::as_str));
    for document in documents {
        if let Some((text, count)) = privacy::purge(&document.text, &values) {
            let text = clean::collapse_blank_lines(&text);
            *document = document.with_text(text, document.redacted + count);
        }
    }
}

/// Unicode words in `text`.
pub(crate) fn count_words(text: &str) -> usize {
    unicode_segmentation::UnicodeSegmentation::unicode_words(text).count()
}

fn fingerprint(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(path: &str, text: &str) -> SourceText {
        SourceText::new(Path::new(path), text.to_owned(), 0)
    }

    #[test]
    fn documents_come_in_name_order_and_copies_are_skipped_with_the_name_of_the_first() {
        let corpus = Corpus::from_documents(
            vec![document("n/c.txt", "two"), document("n/b.md", "one"), document("n/a.txt", "two")],
            vec![Skipped { path: PathBuf::from("n/z.png"), reason: "no".to_owned() }],
        );
        let names: Vec<_> = corpus.documents.iter().map(|d| d.path.display().to_string()).collect();
        assert_eq!(names, ["n/a.txt", "n/b.md"]);
        assert_eq!(corpus.skipped[0].path, Path::new("n/c.txt"));
        assert_eq!(corpus.skipped[0].reason, "the same text as n/a.txt");
        assert_eq!(corpus.skipped.len(), 2);
    }

    #[test]
    fn a_secret_found_in_one_document_goes_from_all() {
        let read = |name: &str, text: &str| format::read_document(Path::new(name), text.as_bytes()).unwrap();
        let documents = vec![
            read("a.txt", "We wrote Blue-Kettle-42 on the lid."),
            read("b.txt", "wifi password: Blue-Kettle-42"),
            read("c.txt", "blue-kettle-42"),
        ];
        let corpus = Corpus::from_documents(documents, vec![]);
        let texts: Vec<&str> = corpus.documents.iter().map(|document| document.text.as_str()).collect();
        assert_eq!(texts, ["We wrote\non the lid.\n", "wifi password:\n"]);
        let redacted: usize = corpus.documents.iter().map(|document| document.redacted).sum();
        assert_eq!((redacted, corpus.skipped.len()), (2, 1));
        assert!(!format!("{corpus:?}").contains("ettle-42"), "{corpus:?}");
    }

    #[test]
    fn the_bytes_are_those_of_all_documents() {
        let documents = vec![document("a", "one two three"), document("b", "vier fünf")];
        assert_eq!(Corpus::from_documents(documents, vec![]).bytes(), 13 + 10);
    }

    #[test]
    fn words_of_scripts_without_spaces_count_too() {
        for (text, words) in [("", 0), ("a b", 2), ("don't stop", 2), ("안녕 세계", 2), ("— … !", 0)]
        {
            assert_eq!(count_words(text), words, "{text}");
        }
    }
}
