//! What a file has besides its bytes: owner, mode, access lists and other extended attributes.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

/// Attributes that belong to the old bytes or to the system, never to the writer.
#[cfg(unix)]
const NOT_KEPT: [&str; 2] = ["security.ima", "security.evm"];

/// Gives `draft` all that the file at `target` has besides its bytes.
///
/// # Errors
/// When the system does not allow it: then the draft must not take the file's place.
#[cfg(unix)]
pub(super) fn keep(draft: &File, target: &Path, replaced: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = draft.metadata()?;
    // The owner first: giving a file away takes some bits of its mode and some attributes.
    if (own.uid(), own.gid()) != (replaced.uid(), replaced.gid()) {
        fchown(draft, Some(replaced.uid()), Some(replaced.gid()))?;
    }
    draft.set_permissions(replaced.permissions())?;
    keep_extended(draft, target)
}

#[cfg(not(unix))]
pub(super) fn keep(draft: &File, _target: &Path, replaced: &Metadata) -> io::Result<()> {
    draft.set_permissions(replaced.permissions())
}

/// Extended attributes, access lists among them: also those go that the draft has from its folder and the file has not.
#[cfg(unix)]
fn keep_extended(draft: &File, target: &Path) -> io::Result<()> {
    use xattr::FileExt;
    let listed = |found: io::Result<xattr::XAttrs>| -> io::Result<Vec<std::ffi::OsString>> {
        match found {
            Ok(names) => Ok(names.filter(|name| NOT_KEPT.iter().all(|not| name != not)).collect()),
            // Such a file system has none.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    };
    let wanted = listed(xattr::list_deref(target))?;
    for name in &wanted {
        if let Some(value) = xattr::get_deref(target, name)?
            && draft.get_xattr(name)?.as_ref() != Some(&value)
        {
            draft.set_xattr(name, &value)?;
        }
    }
    for name in listed(draft.list_xattr())?.iter().filter(|name| !wanted.contains(name)) {
        draft.remove_xattr(name)?;
    }
    Ok(())
}

/// Whether the file has other names, which a file renamed to one of them would not have.
#[cfg(unix)]
pub(super) fn has_other_names(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(metadata) > 1
}

#[cfg(not(unix))]
pub(super) fn has_other_names(_metadata: &Metadata) -> bool {
    false
}
