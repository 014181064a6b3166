//! Markdown to prose: what a reader reads, a paragraph a line, blocks apart by a blank line.
//!
//! Headings, paragraphs, quotations and list items stay; code blocks, HTML, tables, images, front matter and the
//! targets of links go. Inline code stays, since sentences lean on it ("run `make` first").

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

/// The prose of a Markdown text.
pub(super) fn to_prose(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut prose = Prose {
        text: String::with_capacity(markdown.len()),
        line: String::new(),
        silence: 0,
        in_address: false,
    };
    for event in Parser::new_ext(markdown, options) {
        prose.take(event);
    }
    prose.end_block();
    prose.text
}

struct Prose {
    text: String,
    line: String,
    /// How many enclosing elements are not prose.
    silence: usize,
    /// Whether a bare address in angle brackets is open (links do not nest).
    in_address: bool,
}

impl Prose {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) if is_silent(&tag) => {
                self.end_block_before(&tag);
                self.silence += 1;
            }
            Event::End(end) if is_silent_end(end) => self.silence = self.silence.saturating_sub(1),
            Event::Start(Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. }) => {
                self.in_address = true;
            }
            Event::End(TagEnd::Link) => self.in_address = false,
            Event::Start(tag) if is_block(&tag) => self.end_block(),
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::Item
                | TagEnd::BlockQuote(_)
                | TagEnd::List(_),
            ) => self.end_block(),
            Event::Text(text) | Event::Code(text) => self.push(&text),
            Event::SoftBreak => self.push(" "),
            Event::HardBreak => self.push("\n"),
            _ => {}
        }
    }

    fn push(&mut self, text: &str) {
        if self.silence == 0 && !self.in_address {
            self.line.push_str(text);
        }
    }

    fn end_block_before(&mut self, tag: &Tag<'_>) {
        if !matches!(tag, Tag::Image { .. }) {
            self.end_block();
        }
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.line);
        let block = block.trim();
        if block.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        for line in block.lines() {
            let mut words = line.split_whitespace();
            self.text.push_str(words.next().unwrap_or_default());
            for word in words {
                self.text.push(' ');
                self.text.push_str(word);
            }
            self.text.push('\n');
        }
    }
}

fn is_silent(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::MetadataBlock(_) | Tag::Image { .. } | Tag::Table(_)
    )
}

fn is_silent_end(end: TagEnd) -> bool {
    matches!(
        end,
        TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::MetadataBlock(_) | TagEnd::Image | TagEnd::Table
    )
}

fn is_block(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::Item
            | Tag::List(_)
            | Tag::BlockQuote(_)
            | Tag::FootnoteDefinition(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_reads_stays_and_the_rest_goes() {
        let cases = [
            ("# Title\n\nText\nwrapped.", "Title\n\nText wrapped.\n"),
            ("*very* **good** ~~old~~ `make`", "very good old make\n"),
            ("see [the guide](https://example.org/a) now", "see the guide now\n"),
            ("see <https://example.org/a> now", "see now\n"),
            ("look ![a cat](cat.png) here", "look here\n"),
            ("before\n\n```rust\nfn main() {}\n```\n\nafter", "before\n\nafter\n"),
            ("before\n\n    indented code\n\nafter", "before\n\nafter\n"),
            ("- one\n- two\n  going on\n", "one\n\ntwo going on\n"),
            ("1. one\n\n   more\n2. two\n", "one\n\nmore\n\ntwo\n"),
            ("- outer\n  - inner\n- last", "outer\n\ninner\n\nlast\n"),
            ("- [x] done\n- [ ] open", "done\n\nopen\n"),
            ("> quoted\n> text\n\nown", "quoted text\n\nown\n"),
            ("---\ntitle: Diary\n---\n\nToday", "Today\n"),
            ("<div class=\"x\">\nhtml\n</div>\n\ntext <b>bold</b>", "text bold\n"),
            ("one  \ntwo", "one\ntwo\n"),
            ("| a | b |\n|---|---|\n| 1 | 2 |\n\nafter", "after\n"),
            ("word[^1]\n\n[^1]: the note", "word\n\nthe note\n"),
            ("caf\u{e9} &amp; 안녕", "caf\u{e9} & 안녕\n"),
            ("", ""),
        ];
        for (markdown, prose) in cases {
            assert_eq!(to_prose(markdown), prose, "{markdown:?}");
        }
    }

    #[test]
    fn deep_nesting_ends() {
        let deep = "> ".repeat(2_000) + "bottom";
        assert_eq!(to_prose(&deep), "bottom\n");
    }
}
