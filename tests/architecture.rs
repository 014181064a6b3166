//! Checks the rules of ARCHITECTURE.md that show in the source: imports, pure modules, the length of files, and no
//! network in the dependency tree.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read the source, and fail by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "architecture/circles.rs"]
mod circles;

/// Which crates a crate may import: Cargo holds it, and this compares the manifests with the document.
const CRATES: [(&str, &[&str]); 5] = [
    (
        "model",
        &["base-counts-fiction", "base-counts-prose", "base-counts-talk", "base-network", "base-words"],
    ),
    ("secrets", &[]),
    ("suggest", &["model", "secrets"]),
    ("learn", &["model", "secrets", "suggest"]),
    ("editor", &["learn", "suggest"]),
];

/// Which modules and crates a module of the program may import.
const MODULES: [(&str, &[&str]); 5] = [
    ("config", &[]),
    ("store", &["editor", "model"]),
    ("lab", &["store", "learn", "model"]),
    ("runtime", &["store", "config", "editor", "learn", "model", "suggest"]),
    ("cli", &["runtime", "store", "lab", "config", "learn", "model", "suggest"]),
];

/// What the root of every crate denies.
const PURITY: &str = "#![deny(clippy::disallowed_methods, clippy::disallowed_types)]";
/// Files of pure crates that touch the disk, with their reason in the file.
const IMPURE_FILES: [&str; 1] = ["crates/learn/src/corpus/walk"];

/// Files in which unsafe code is allowed; everywhere else the lint `unsafe_code` denies it.
const UNSAFE_FILES: [&str; 5] = [
    "crates/model/src/nn/gemm.rs",
    "crates/model/src/nn/bf16/kernels.rs",
    "crates/model/src/nn/int8/kernels.rs",
    "src/runtime/display.rs",
    "src/store/file_bytes.rs",
];

/// Longer files say why in their first lines.
const LONGEST_FILE: usize = 500;

/// Crates that open connections. `cargo deny` bans them too, but not everyone has it.
const NETWORK_CRATES: [&str; 31] = [
    "reqwest",
    "hyper",
    "hyper-util",
    "h2",
    "h3",
    "quinn",
    "ureq",
    "isahc",
    "surf",
    "attohttpc",
    "minreq",
    "curl",
    "curl-sys",
    "openssl",
    "openssl-sys",
    "native-tls",
    "rustls",
    "tokio",
    "tokio-net",
    "async-std",
    "smol",
    "async-net",
    "socket2",
    "tungstenite",
    "tonic",
    "warp",
    "axum",
    "actix-web",
    "rouille",
    "tiny_http",
    "trust-dns-resolver",
];
/// Ways of our own source to open one.
const NETWORK_PATHS: [&str; 5] = ["std::net", "os::unix::net", "TcpStream", "UdpSocket", "TcpListener"];

/// Ways to print, and the files that may use each: the printer, and the editor's screen. Help is our own text.
const PRINTING: [(&str, &[&str]); 7] = [
    ("stdout()", &["src/runtime/visible.rs", "src/runtime/terminal.rs"]),
    ("stderr()", &["src/runtime/visible.rs"]),
    ("print!(", &[]),
    ("println!(", &[]),
    ("dbg!(", &[]),
    (".print()", &["src/cli/mod.rs"]),
    ("/dev/tty", &[]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The source of the program and of every crate.
fn sources() -> Vec<PathBuf> {
    let mut files = rust_files(&root().join("src"));
    for (name, _) in CRATES {
        files.extend(rust_files(&root().join(format!("crates/{name}/src"))));
    }
    assert!(files.len() > 100, "the source was not found");
    files
}

/// A path as the document writes it.
fn inner(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return files };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The source without comments, so that what a comment mentions is no import. Strings stay: an import in one would be
/// a false alarm, never a miss.
fn code_of(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .flat_map(|line| [line, "\n"])
        .collect()
}

/// The top-level modules named after `crate::` anywhere in the code, `crate::{a, b::c}` included, and the crates named in a `use`
/// or by `::name`.
fn imported(code: &str) -> BTreeSet<String> {
    let mut modules = BTreeSet::new();
    for (position, _) in code.match_indices("crate::") {
        let is_part_of_word =
            code[..position].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | ':'));
        if is_part_of_word {
            continue;
        }
        let rest = code[position + "crate::".len()..].trim_start();
        match rest.strip_prefix('{') {
            Some(group) => modules.extend(group_heads(group)),
            None => modules.extend([identifier(rest)]),
        }
    }
    for (name, _) in CRATES {
        let named = [
            format!("use {name}::"),
            format!(" ::{name}::"),
            format!("(::{name}::"),
            format!("use ::{name}"),
        ];
        if named.iter().any(|form| code.contains(form)) {
            modules.insert(name.to_owned());
        }
    }
    modules.retain(|module| !module.is_empty());
    modules
}

/// The first names in a group of imports: `{a, b::{c, d}}` gives `a` and `b`.
fn group_heads(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut is_head = true;
    for (position, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => is_head = true,
            c if is_head && !c.is_whitespace() => {
                heads.push(identifier(&group[position..]));
                is_head = false;
            }
            _ => {}
        }
    }
    heads
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect()
}

#[test]
fn the_scanner_sees_every_form_of_import() {
    let cases = [
        ("use crate::store::Paths;", vec!["store"]),
        ("use crate::{cli, runtime::{a, b}, store as s};", vec!["cli", "runtime", "store"]),
        ("use crate::{\n    config::{self, Config},\n    lab,\n};", vec!["config", "lab"]),
        ("use model::Model;\npub use ::suggest::Word;", vec!["model", "suggest"]),
        (
            "fn f(x: crate::lab::Row) -> Vec<::learn::Plan> {} fn g(y: (::editor::State, u8)) {}",
            vec!["editor", "lab"],
        ),
        ("macro_rules! m { () => { $crate::x::y } } mycrate::z::f(); my::crate::w", vec![]),
        ("pub(crate) fn f() {}", vec![]),
    ];
    for (code, modules) in cases {
        assert_eq!(imported(code).into_iter().collect::<Vec<_>>(), modules, "{code}");
    }
}

#[test]
fn crates_depend_on_what_the_table_allows_and_nothing_else() {
    for (name, allowed) in CRATES {
        let manifest = fs::read_to_string(root().join(format!("crates/{name}/Cargo.toml"))).unwrap();
        let found: BTreeSet<&str> = manifest
            .lines()
            .filter_map(|line| line.strip_prefix("foreword-")?.split(['.', ' ']).next())
            .collect();
        assert_eq!(found, allowed.iter().copied().collect(), "{name}");
    }
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let source = root().join("src");
    let known: BTreeSet<&str> = MODULES.iter().chain(&CRATES).map(|(name, _)| *name).collect();
    let mut made: BTreeSet<(String, String)> = BTreeSet::new();
    for path in rust_files(&source) {
        let inner = path.strip_prefix(&source).unwrap();
        let first = inner.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let module = first.trim_end_matches(".rs").to_owned();
        if matches!(&*module, "lib" | "main") {
            continue;
        }
        for import in imported(&code_of(&path)) {
            // Names that are no module are items of the crate's root: there are none to import.
            if import != module && known.contains(import.as_str()) {
                made.insert((module.clone(), import));
            }
        }
    }
    // Neither more nor less: a permission that nobody uses goes from the table.
    let allowed: BTreeSet<(String, String)> = MODULES
        .iter()
        .flat_map(|(module, all)| all.iter().map(|import| ((*module).to_owned(), (*import).to_owned())))
        .collect();
    assert_eq!(made, allowed);
}

#[test]
fn every_module_and_crate_has_a_row_in_the_table() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let declared: BTreeSet<&str> =
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(declared, MODULES.iter().map(|(module, _)| *module).collect());
    let crates: BTreeSet<String> = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(crates, CRATES.iter().map(|(name, _)| (*name).to_owned()).collect());
}

/// The most bytes that a registry takes in one package.
const LARGEST_PACKAGE: u64 = 10 << 20;

#[test]
fn every_crate_is_small_enough_for_a_registry() {
    fn bytes(folder: &Path) -> u64 {
        let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
        let size = |entry: fs::DirEntry| match entry.metadata().unwrap() {
            metadata if metadata.is_dir() => bytes(&entry.path()),
            metadata => metadata.len(),
        };
        entries.map(size).sum()
    }
    let folders = CRATES.map(|(name, _)| format!("crates/{name}"));
    let data = [
        "assets/counts-fiction",
        "assets/counts-prose",
        "assets/counts-talk",
        "assets/network",
        "assets/words",
    ];
    for folder in folders.iter().map(String::as_str).chain(data) {
        let size = bytes(&root().join(folder));
        assert!(size > 0 && size <= LARGEST_PACKAGE, "{folder} has {size} bytes");
    }
}

#[test]
fn crates_deny_side_effects() {
    for (name, _) in CRATES {
        let path = root().join(format!("crates/{name}/src/lib.rs"));
        let text = fs::read_to_string(&path).unwrap();
        let first_code = text.lines().find(|line| !line.starts_with("//!") && !line.trim().is_empty());
        assert_eq!(first_code, Some(PURITY), "{}", path.display());
        for file in rust_files(&root().join(format!("crates/{name}/src"))) {
            let inner = inner(&file);
            let is_excepted = IMPURE_FILES.iter().any(|impure| inner.starts_with(impure));
            let is_test = inner.ends_with("tests.rs");
            let opts_out = code_of(&file).contains("clippy::disallowed") && file != path;
            assert!(
                is_excepted || is_test || !opts_out,
                "{inner} allows itself side effects in a pure crate"
            );
        }
    }
}

#[test]
fn unsafe_code_stands_where_the_document_says_and_gives_its_reason() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("\nunsafe_code = \"deny\"\n"));
    let document = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let mut found = BTreeSet::new();
    for path in sources() {
        let code = code_of(&path);
        let is_word = |at: usize| !code[at..].chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_');
        let blocks = code
            .match_indices("unsafe")
            .filter(|(at, word)| is_word(at + word.len()) && !code[..*at].ends_with('_'))
            .count();
        if blocks > 0 || code.contains("unsafe_code") {
            let inner = inner(&path);
            let reasons = fs::read_to_string(&path).unwrap().matches("// SAFETY: ").count();
            assert!(reasons >= blocks, "{inner}: {blocks} unsafe, {reasons} reasons");
            assert!(document.contains(&format!("`{inner}`")), "ARCHITECTURE.md does not name {inner}");
            found.insert(inner);
        }
    }
    assert_eq!(found, UNSAFE_FILES.map(str::to_owned).into());
}

#[test]
fn files_are_short_or_say_why_not() {
    let mut long = Vec::new();
    for folder in ["src", "crates", "tests", "benches", "examples"] {
        for path in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(&path).unwrap();
            let says_why = text.lines().take(20).any(|line| line.contains("longer than 500 lines because"));
            if text.lines().count() > LONGEST_FILE && !says_why {
                long.push(format!("{}: {} lines", path.display(), text.lines().count()));
            }
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn nothing_prints_but_the_printer() {
    for path in sources() {
        let inner = inner(&path);
        // The printer itself is called by its name.
        let own = ["visible::stdout()", "visible::stderr()", "use_stderr()"];
        let code = own.iter().fold(code_of(&path), |code, own| code.replace(own, ""));
        for (way, files) in PRINTING {
            let is_test = inner.ends_with("tests.rs") || inner.contains("/tests/");
            let allowed = is_test || files.contains(&inner.as_str());
            assert!(allowed || !code.contains(way), "{inner} prints by {way}; use runtime::visible");
        }
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        let is_test = path.ends_with("tests.rs") || path.components().any(|part| part.as_os_str() == "tests");
        assert!(is_test || text.starts_with("//! "), "{} has no module documentation", path.display());
    }
}

#[test]
fn nothing_in_the_dependency_tree_talks_to_a_network() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let found: Vec<&str> = lock
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .filter(|name| NETWORK_CRATES.contains(name))
        .collect();
    assert!(found.is_empty(), "{found:?}");
    for path in sources() {
        // A test may bind a local socket to see that it is never read.
        if path.ends_with("tests.rs") {
            continue;
        }
        let code = code_of(&path);
        for forbidden in NETWORK_PATHS {
            assert!(!code.contains(forbidden), "{} uses {forbidden}", path.display());
        }
    }
}

#[test]
fn the_architecture_document_is_short_and_has_the_import_table() {
    let document = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    assert!(document.lines().count() < 200, "{} lines", document.lines().count());
    for (module, allowed) in CRATES.into_iter().chain(MODULES) {
        let row = document
            .lines()
            .find(|line| line.starts_with(&format!("| `{module}` |")))
            .unwrap_or_else(|| panic!("{module} has no row in ARCHITECTURE.md"));
        for import in allowed {
            assert!(row.contains(&format!("`{import}`")), "{row} lacks {import}");
        }
        assert_eq!(row.matches('`').count() / 2, allowed.len() + 1, "{row}");
    }
}
