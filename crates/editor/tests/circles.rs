//! No two files of this crate import each other, not even by way of others: what calls what is a way down.

#![allow(clippy::unwrap_used, reason = "the test reads the source, and fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A module by its path: `["update", "find"]`. The crate's root is `[]`.
type Module = Vec<String>;

/// Each module with its code: no comments, no tests, none of what it only passes on (`mod`, `pub use`).
fn modules() -> BTreeMap<Module, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut modules = BTreeMap::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !path.ends_with("tests.rs")
            {
                modules.insert(module(path.strip_prefix(&root).unwrap()), code(&path));
            }
        }
    }
    assert!(modules.len() > 50, "the source was not found");
    modules
}

fn module(path: &Path) -> Module {
    let names = path.with_extension("").iter().map(|name| name.to_string_lossy().into_owned()).collect();
    let mut names: Module = names;
    if names.last().is_some_and(|name| name == "mod" || name == "lib") {
        names.pop();
    }
    names
}

fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let lines = text.lines().map(|line| line.split("//").next().unwrap());
    lines.filter(|line| !line.starts_with("pub use") && !line.contains("mod ")).collect::<Vec<_>>().join("\n")
}

/// The ways on from here: the rest of the path, or each in a `{…}`.
fn heads(rest: &str) -> Vec<&str> {
    let Some(group) = rest.strip_prefix('{') else { return vec![rest] };
    let (mut depth, mut start, mut heads) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.push(&group[start..at]);
                return heads;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    heads
}

/// The modules that `rest`, a path that begins in module `from`, leads to.
fn targets(modules: &BTreeMap<Module, String>, from: &Module, rest: &str) -> Vec<Module> {
    let mut found = Vec::new();
    for head in heads(rest) {
        let head = head.trim_start();
        let end = head.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(head.len());
        let (name, rest) = head.split_at(end);
        let inner: Module = from.iter().cloned().chain([name.to_owned()]).collect();
        match rest.strip_prefix("::") {
            Some(rest) if modules.contains_key(&inner) => found.extend(targets(modules, &inner, rest)),
            _ if modules.contains_key(&inner) => found.push(inner),
            _ => found.push(from.clone()),
        }
    }
    found
}

fn imports(modules: &BTreeMap<Module, String>, module: &Module, code: &str) -> BTreeSet<Module> {
    let parent = module.split_last().map_or(Vec::new(), |(_, parent)| parent.to_vec());
    let mut found = BTreeSet::new();
    for (start, base) in [("crate::", Vec::new()), ("super::", parent)] {
        for (at, _) in code.match_indices(start) {
            found.extend(targets(modules, &base, &code[at + start.len()..]));
        }
    }
    let own = |inner: &&Module| inner.len() == module.len() + 1 && inner.starts_with(module);
    for inner in modules.keys().filter(own) {
        if code.contains(&format!("{}::", inner[module.len()])) {
            found.insert(inner.clone());
        }
    }
    found.remove(module);
    found
}

#[test]
fn no_two_files_import_each_other() {
    let modules = modules();
    let mut left: BTreeMap<&Module, BTreeSet<Module>> =
        modules.iter().map(|(module, code)| (module, imports(&modules, module, code))).collect();
    // What imports nothing that is left is in no circle.
    while let Some(free) = left.iter().find(|(_, imports)| imports.is_empty()).map(|(module, _)| *module) {
        left.remove(free);
        for imports in left.values_mut() {
            imports.remove(free);
        }
    }
    assert!(left.is_empty(), "files that import each other, or lead to such: {left:#?}");
}
