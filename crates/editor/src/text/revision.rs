//! The numbers that tell one text from another.
//!
//! ```text
//!              open   type a   type b   undo
//! Revision      1       2        3       4      counts every change
//! Content       1       2        3       2      the revision at which this text first was
//! Document      1       1        1       1      the revision at which it was opened
//! ```

/// Counts every change of the text, undo included. It never goes back, nor begins anew with another document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision(pub u64);

/// Names a text that was on the screen: the revision at which it first was. Undo leads back to an earlier one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContentRevision(pub u64);

/// Names a document: the revision at which it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DocumentId(pub u64);

impl Revision {
    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The content of a text that first is at this revision.
    pub(crate) fn content(self) -> ContentRevision {
        ContentRevision(self.0)
    }

    /// A document that is opened at this revision.
    pub fn document(self) -> DocumentId {
        DocumentId(self.0)
    }
}

impl ContentRevision {
    /// Whether it is a text of `document`, and not of one that was opened before it.
    pub(crate) fn is_of(self, document: DocumentId) -> bool {
        self.0 >= document.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_belongs_to_the_document_it_was_first_a_text_of() {
        let opened = Revision(3);
        assert!(opened.content().is_of(opened.document()));
        assert!(opened.next().content().is_of(opened.document()));
        assert!(!Revision(2).content().is_of(opened.document()));
    }
}
