//! Texts to learn from: so few that a retraining takes seconds, so alike that it must help.

use std::path::{Path, PathBuf};

/// A folder with four short texts by one hand and a file that is none, made in `root`.
pub(crate) fn folder(root: &Path) -> PathBuf {
    let folder = root.join("texts");
    std::fs::create_dir(&folder).expect("a fresh folder can be filled");
    let days = [
        (
            "1-monday.txt",
            "The lighthouse keeper mended the lantern, and the lighthouse keeper counted the gulls.",
        ),
        ("2-tuesday.md", "# Tuesday\n\nThe lighthouse keeper painted the gate and counted the gulls again."),
        (
            "3-friday.txt",
            "In the evening the lighthouse keeper lit the lantern. The gulls had gone to sleep.",
        ),
        ("4-sunday.md", "The lighthouse keeper counted the gulls, and then he mended the lantern."),
    ];
    for (name, text) in days {
        std::fs::write(folder.join(name), format!("{text}\n")).expect("a fresh folder can be filled");
    }
    std::fs::write(folder.join("photo.txt"), b"\0\xff\xd8").expect("a fresh folder can be filled");
    folder
}
