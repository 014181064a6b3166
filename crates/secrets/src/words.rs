//! Words that are no secret where one might stand.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::phrase;

/// What stands behind `password:` in forms, code and instructions.
const PLACEHOLDERS: &str = "ask asks none null nil true false yes no n/a na tbd tba todo unset undefined unknown unchanged default \
    required optional mandatory needed missing empty blank hidden redacted removed secret secrets private confidential placeholder \
    password passwords passwd passphrase pass pwd username user login changeme yourpassword your-password your_password mypassword \
    example sample dummy test string str bytes text varchar char int integer bool boolean object number value input field type \
    protected security protection policy rules tips generator manager managers reset recovery hashing strength knowledge \
    forgotten forgot lost wrong incorrect invalid expired encrypted hashed masked same see above below here there later soon \
    erforderlich notwendig vergessen siehe keins keine kein unbekannt falsch geheim optional gleich folgt \
    requis requise obligatoire optionnel facultatif aucun aucune oublié voir inconnu \
    requerida requerido obligatoria obligatorio opcional ninguna ninguno olvidada ver desconocida \
    obrigatória obrigatório nenhuma nenhum esquecida esquecido vide \
    richiesta obbligatoria nessuna dimenticata vedi verplicht optioneel geen vergeten zie \
    обязательно обязателен нет забыт неизвестен неизвестно спросить см 必須 任意 なし 不明 必填 可选 无 忘记 없음 필수 선택 모름";

/// Words that prose puts behind `the password is`, `has` or `was`.
const SAID: &str = "a an the my your his her its our their this that these those it he she we they you i one ones some any all no not \
    never always often only very too so as at by for from in into of off on onto out over to under up with within without than then \
    and or but nor if when while where what which who how why because until once is are was were be been being has have had do does \
    did can could may might must shall should will would long short good bad better best worse worst easy hard simple complex weak \
    strong stronger secure safe safer unique different new old older next last first second great fine okay right gone back still \
    again now just stored set kept sent shown given made known seen read written typed entered chosen changed shared stolen leaked \
    broken hacked guessed missing ready dead late early here there everywhere somewhere nowhere something nothing everything anything \
    case-sensitive ok mine yours ours theirs \
    ein eine der die das den dem des nicht kein sehr zu zum zur im in an auf aus bei mit von vor nach für über unter und oder aber wenn \
    lang kurz gut schlecht sicher schwach stark neu alt richtig da hier weg leer gleich anders \
    un une le la les du des de pas très trop et ou mais si est sont bon mauvais long court sûr faible fort \
    el los las una uno muy no y o pero si es son buena mala larga corta segura débil fuerte \
    o os as um uma não muito e ou mas se boa má longa curta segura fraca forte \
    il lo gli una non molto e o ma se buona lunga corta sicura debole forte \
    het een niet erg te en of maar als goed slecht lang kort veilig zwak sterk \
    не и или но если это очень слишком хороший плохой длинный короткий надёжный слабый";

/// Words of sentences: a phrase that holds one of them is prose, not a password.
const OF_SENTENCES: &str = "a an the of to is are was were be been and or but not in on at for with by from that this these those it its \
    you your we our they their he his she her who what when where why how which than then if as will would can could should must may \
    might do does did don't doesn't have has had i i'm my me there here please no never only least most more less every any some all \
    der die das und oder nicht ein eine ist sind mit für von zu im bitte le la les et ou est un une des pour avec el los las y es con \
    para por una os um uma e não com il per non het een en van voor niet";

static PLACEHOLDER: LazyLock<HashSet<&str>> = LazyLock::new(|| PLACEHOLDERS.split_whitespace().collect());
static PROSE: LazyLock<HashSet<&str>> = LazyLock::new(|| SAID.split_whitespace().collect());
static SENTENCE: LazyLock<HashSet<&str>> = LazyLock::new(|| OF_SENTENCES.split_whitespace().collect());

/// Whether a value stands for one: a word of forms and code, a variable, a mask.
pub(super) fn is_placeholder(value: &str) -> bool {
    let bare = value.trim_matches(|c: char| "<>[](){}\"'`*_.,;:!?。、，".contains(c));
    let is_masked = |c: char| matches!(c, '*' | '•' | '●' | '.' | '…' | '_' | '-' | 'x' | 'X' | '?' | '#');
    let is_variable = value.starts_with(['$', '%', '<', '{', '&', '@', '~'])
        && !is_strong(value.trim_start_matches(['$', '&', '@', '%']))
        || value.starts_with("${")
        || value.starts_with("{{")
        || value.starts_with("$(")
        || value.starts_with("%{")
        || (value.starts_with('<') && value.ends_with('>'))
        || (value.starts_with('%') && value.ends_with('%') && value.len() > 2);
    bare.is_empty()
        || value.chars().all(is_masked)
        || is_variable
        || is_code(value)
        || PLACEHOLDER.contains(bare.to_lowercase().as_str())
}

/// A path, a link, or something that a program works out: `getpass()`, `os.environ["X"]`, `config.password`.
fn is_code(value: &str) -> bool {
    let is_path = value.starts_with(['/', '\\'])
        || value.starts_with("./")
        || value.starts_with("~/")
        || value.starts_with("../")
        || value.contains("://")
        || value.get(1..3).is_some_and(|drive| drive == ":\\");
    let head = value.find(['(', '[']).map(|at| &value[..at]);
    let is_call = head.is_some_and(|head| {
        !head.is_empty()
            && head.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '&'))
            && !head.chars().any(|c| c.is_ascii_digit())
    });
    let is_member = value.contains('.')
        && value
            .split('.')
            .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphabetic() || c == '_'));
    is_path || is_call || is_member
}

/// Whether a value can hardly be a word: letters and digits in one, or a sign among letters.
pub(super) fn is_strong(value: &str) -> bool {
    let (mut letters, mut digits, mut capitals, mut signs) = (0, 0, 0, 0);
    for c in value.chars() {
        letters += usize::from(c.is_alphabetic());
        digits += usize::from(c.is_numeric());
        capitals += usize::from(c.is_uppercase());
        signs += usize::from("!@#$%^&*?+=~<>|{}§€£".contains(c));
    }
    let length = value.chars().count();
    // `12b`, `3rd`, `10th` and `20-year-old` are prose.
    let opens_with_number = value.starts_with(|c: char| c.is_numeric())
        && value.trim_start_matches(|c: char| c.is_numeric()).chars().all(|c| c.is_lowercase() || c == '-');
    let is_ordinal = opens_with_number && length < 8;
    (letters > 0 && digits > 0 && length >= 5 && !is_ordinal)
        || (letters > 0 && signs > 0 && length >= 6 && value.chars().all(|c| !c.is_whitespace()))
        || (capitals > 1
            && letters > capitals
            && letters == length
            && length >= 8
            && has_inner_capitals(value))
}

/// Capitals in mid-word, oftener than in `JavaScript`.
fn has_inner_capitals(value: &str) -> bool {
    value
        .chars()
        .skip(1)
        .zip(value.chars())
        .filter(|(c, before)| c.is_uppercase() && before.is_lowercase())
        .count()
        >= 3
}

/// Whether a value is a date in figures: `2024-05-01`, `1.5.24`.
pub(super) fn is_date(value: &str) -> bool {
    let is_joined = value.chars().filter(|c| matches!(c, '-' | '.' | '/')).count() == 2;
    is_joined && value.split(['-', '.', '/']).all(|part| part.chars().all(|c| c.is_ascii_digit()))
}

/// Whether prose uses the word about a password.
pub(super) fn is_said(word: &str) -> bool {
    const ENDINGS: [&str; 26] = [
        "ed", "ing", "ly", "able", "ible", "ive", "ous", "ful", "less", "ant", "ent", "ary", "ical", "ished",
        "lich", "ig", "bar", "isch", "ées", "ée", "ado", "ada", "ido", "ida", "ной", "ный",
    ];
    let lower = word.to_lowercase();
    PROSE.contains(lower.as_str())
        || SENTENCE.contains(lower.as_str())
        || is_placeholder(&lower)
        || phrase::is_seed_word(&lower)
        || (lower.chars().count() > 4 && ENDINGS.iter().any(|ending| lower.ends_with(ending)))
        || (lower.starts_with("ge") && (lower.ends_with('t') || lower.ends_with("en")))
}

/// Whether a word makes a sentence of what it stands in.
pub(super) fn makes_sentence(word: &str) -> bool {
    SENTENCE.contains(word.to_lowercase().as_str())
}

/// Whether a value is too common a word to be searched for elsewhere.
pub(super) fn is_common(value: &str) -> bool {
    let lower = value.to_lowercase();
    PROSE.contains(lower.as_str())
        || SENTENCE.contains(lower.as_str())
        || is_placeholder(value)
        || phrase::is_seed_word(&lower)
}
