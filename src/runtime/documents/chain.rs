//! Saves as a chain: each expects on disk what the one before it left there.
//!
//! The editor requests a save with the stamp it knows at that moment. If another save of the file is under way, that
//! stamp is out of date before its turn comes, by our own doing. So the chain remembers, for each file, the stamps
//! that our own saves have replaced.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::left::Left;
use editor::message::FileStamp;

/// What our saves have left, file by file.
#[derive(Debug, Default)]
pub(super) struct Chains {
    by_target: HashMap<PathBuf, Chain>,
}

#[derive(Debug)]
struct Chain {
    /// The stamps that our saves replaced; `None`: no file. A save that expects one of them overwrites nothing of
    /// others.
    known: Vec<Option<FileStamp>>,
    /// Where it has led to.
    left: Left,
}

impl Chains {
    /// What a save of `target` must find on disk, if its request expected `asked`.
    pub(super) fn expected(&self, target: &Path, asked: Option<FileStamp>) -> Option<Left> {
        match self.by_target.get(target) {
            Some(chain) if chain.known.contains(&asked) || asked == Some(chain.left.stamp) => {
                Some(chain.left)
            }
            _ => asked.map(Left::stamped),
        }
    }

    /// Records that a save of `target`, whose request expected `asked`, left `left` there.
    pub(super) fn written(&mut self, target: &Path, asked: Option<FileStamp>, left: Left) {
        let mut known = vec![asked];
        if let Some(before) = self.by_target.remove(target) {
            // Once the editor has the answer to the latest save, it sends no earlier stamp.
            if asked != Some(before.left.stamp) {
                known.push(Some(before.left.stamp));
                known.extend(before.known);
            }
        }
        self.by_target.insert(target.to_path_buf(), Chain { known, left });
    }

    /// The file was read anew: `left` is known to be there.
    pub(super) fn opened(&mut self, target: &Path, left: Left) {
        if self.by_target.get(target).is_none_or(|chain| chain.left.stamp != left.stamp) {
            self.by_target.insert(target.to_path_buf(), Chain { known: Vec::new(), left });
        }
    }
}
