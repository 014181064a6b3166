//! Imports between files: none goes in a circle, and a command of the program is imported by its folder alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{code_of, identifier, inner, sources};

/// The code of every file that is no test, by its module: `model::ngram::file`; the program's begin with `foreword`.
fn code_by_module() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut tests = BTreeSet::new();
    for path in sources() {
        let (code, module) = (code_of(&path), module_of(&path));
        for (at, attribute) in code.match_indices("#[cfg(test)]\n") {
            let declared =
                code[at + attribute.len()..].trim_start_matches("pub(crate) ").strip_prefix("mod ");
            tests.extend(declared.map(|rest| format!("{module}::{}", identifier(rest))));
        }
        let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
        files.insert(module, code);
    }
    files.retain(|module, _| {
        !tests.iter().any(|test| module == test || module.starts_with(&format!("{test}::")))
    });
    files
}

fn module_of(path: &Path) -> String {
    let inner = inner(path);
    let (name, file) = match inner.strip_prefix("crates/") {
        Some(crates) => crates.split_once("/src/").unwrap(),
        None => ("foreword", inner.strip_prefix("src/").unwrap()),
    };
    let module = file.strip_suffix("/mod.rs").or(file.strip_suffix(".rs")).unwrap();
    if module == "lib" { name.to_owned() } else { format!("{name}::{}", module.replace('/', "::")) }
}

/// The files that each file names by a path from `crate::`, `super::` or `self::`. What a `mod.rs` declares it may name without: a
/// folder and the files in it count as one place.
fn imports_by_module(files: &BTreeMap<String, String>) -> BTreeMap<&str, BTreeSet<&str>> {
    let imports = |module: &str, code: &str| {
        let mut paths = Vec::new();
        for start in ["crate", "super", "self"] {
            for (at, _) in code.match_indices(&format!("{start}::")) {
                if !code[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | ':')) {
                    read_paths(&code[at..], Vec::new(), &mut paths);
                }
            }
        }
        let named = paths.iter().filter_map(|path| {
            let mut place: Vec<&str> = module.split("::").collect();
            for part in path {
                match *part {
                    "crate" => place.truncate(1),
                    "super" => drop(place.pop()),
                    "self" => {}
                    name => place.push(name),
                }
            }
            // The end of a path is an item of a file.
            (1..=place.len()).rev().find_map(|length| files.get_key_value(&place[..length].join("::")))
        });
        named.map(|(file, _)| file.as_str()).filter(|file| *file != module).collect()
    };
    files.iter().map(|(module, code)| (module.as_str(), imports(module, code))).collect()
}

/// Reads a path, `a::{b, c::d as e}` included, behind `start`; returns what follows it.
fn read_paths<'c>(mut code: &'c str, mut start: Vec<&'c str>, paths: &mut Vec<Vec<&'c str>>) -> &'c str {
    loop {
        code = code.trim_start();
        if let Some(mut group) = code.strip_prefix('{') {
            while !group.trim_start().starts_with('}') {
                group = read_paths(group, start.clone(), paths);
                let Some(end) = group.find([',', '}']) else { return "" };
                group = group[end..].trim_start_matches(',');
            }
            return &group.trim_start()[1..];
        }
        let length = identifier(code).len();
        start.push(&code[..length]);
        code = &code[length..];
        match code.trim_start().strip_prefix("::") {
            Some(rest) if length > 0 => code = rest,
            _ => {
                paths.push(start);
                return code;
            }
        }
    }
}

/// The files that import each other in a circle, a set each.
fn circles<'a>(imports: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<BTreeSet<&'a str>> {
    let reached_from = |file: &str| {
        let mut reached = BTreeSet::new();
        let mut left: Vec<&str> = imports[file].iter().copied().collect();
        while let Some(next) = left.pop() {
            if reached.insert(next) {
                left.extend(&imports[next]);
            }
        }
        reached
    };
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        imports.keys().map(|file| (*file, reached_from(file))).collect();
    let circle = |(file, all): (&&'a str, &BTreeSet<&'a str>)| {
        all.iter().copied().filter(|other| reached[other].contains(file)).collect()
    };
    reached.iter().map(circle).filter(|circle: &BTreeSet<&str>| !circle.is_empty()).collect()
}

#[test]
fn a_planted_circle_is_found_however_the_import_is_written() {
    let forms = [
        "use super::b;",
        "use super::{c, b::{self, x}};",
        "use crate::m::{\n    b::x as y,\n};",
        "use super::super::m::b::*;",
        "pub(super) use self::super::b::x;",
        "fn f(x: super::b::X) {}",
        "fn f() -> Vec<crate::m::b::X> {}",
    ];
    for form in forms {
        let code = |module: &str, code: &str| (module.to_owned(), code.to_owned());
        let of_b = [code("k::m::b", "use crate::m::c::x;"), code("k::m::c", "use super::a::y;")];
        let files =
            of_b.into_iter().chain([code("k", ""), code("k::m", "use crate::m::a;"), code("k::m::a", form)]);
        let files: BTreeMap<String, String> = files.collect();
        let imports = imports_by_module(&files);
        assert!(imports["k::m::a"].contains("k::m::b"), "{form}");
        assert_eq!(circles(&imports), [["k::m::a", "k::m::b", "k::m::c"].into()].into(), "{form}");
    }
    let apart = [
        ("k", "mod a; use self::a::x;"),
        ("k::a", "use std::x; my::crate::b; $crate::b;"),
        ("k::b", "use super::a;"),
    ];
    let apart = apart.map(|(module, code)| (module.to_owned(), code.to_owned())).into();
    assert_eq!(circles(&imports_by_module(&apart)), BTreeSet::new());
}

#[test]
fn no_import_between_files_goes_in_a_circle() {
    let files = code_by_module();
    assert_eq!(circles(&imports_by_module(&files)), BTreeSet::new());
}

#[test]
fn a_command_is_imported_by_its_folder_alone() {
    let files = code_by_module();
    let cli: BTreeMap<&str, BTreeSet<&str>> = imports_by_module(&files)
        .into_iter()
        .filter(|(module, _)| module.starts_with("foreword::cli"))
        .collect();
    let is_command = |module: &str| files[module].contains("impl Run for");
    let is_folder = |module: &str| cli.keys().any(|other| other.starts_with(&format!("{module}::")));
    let commands = cli.keys().filter(|module| is_command(module)).count();
    assert!(commands > 10 && commands < cli.len(), "{commands} commands");
    for (module, imports) in &cli {
        for import in imports.iter().filter(|import| cli.contains_key(*import)) {
            assert!(!is_command(import), "{module} imports the command {import}");
            // What is no file stands in a `mod.rs`, which imports all.
            assert!(!is_folder(import), "{module} imports the `mod.rs` of {import}");
        }
    }
}
