//! Secrets recognised by their form: tokens as services mark them, logins in addresses and commands, blocks of
//! private keys, and long runs that look drawn at random.
//!
//! The shapes are those that published scanners (gitleaks, trufflehog, the services' own manuals) agree on.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexSet};

use super::words::{is_placeholder, is_strong};
use super::{Kind, Secret, floor, is_inside_word};

/// Tokens by their beginning. All are of ASCII, and stand where no letter or digit is before them.
const MARKED: &[&str] = &[
    // Clouds
    r"A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{12,}",
    r"AIza[\w-]{30,}",
    r"ya29\.[\w-]{20,}",
    r"GOCSPX-[\w-]{20,}",
    r"LTAI[A-Za-z0-9]{12,}",
    r"AKID[A-Za-z0-9]{13,}",
    r"ABSK[A-Za-z0-9+/]{60,}=*",
    r"AQVN[\w-]{35,}",
    r"t1\.[\w-]+=*\.[\w-]{60,}=*",
    r"do[opr]_v1_[0-9a-f]{32,}",
    r"hv[sbr]\.[\w-]{20,}",
    r"dapi[0-9a-h]{32}",
    r"v1\.0-[\w-]{100,}",
    r"tskey-[\w-]{16,}",
    r"FlyV1 [\w,+/=-]{30,}",
    r"fo1_[\w-]{20,}",
    r"nfp_\w{30,}",
    r"pul-[0-9a-f]{40}",
    r"pscale_(?:tkn|pw|oauth)_[\w.-]{30,}",
    r"sb(?:p|_secret|_publishable)_[\w-]{16,}",
    r"HRKU-[\w-]{30,}",
    r"dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.]{20,}",
    r"ops_eyJ[\w+/=-]{30,}",
    r"rnd_\w{28,}",
    // Code and packages
    r"gh[pousr]_[A-Za-z0-9]{20,}",
    r"github_pat_\w{20,}",
    r"gl(?:pat|ptt|dt|rt|cbt|imt|agent|soat|oas|ffct|ft)-[\w.-]{16,}",
    r"GR1348941[\w-]{20}",
    r"npm_[A-Za-z0-9]{20,}",
    r"pypi-[\w-]{16,}",
    r"rubygems_[0-9a-f]{32,}",
    r"cio[A-Za-z0-9]{32}",
    r"oy2[a-z0-9]{43}",
    r"CLOJARS_[a-z0-9]{60}",
    r"AT(?:ATT|CTT|BB)[\w=-]{20,}",
    r"bkua_[a-z0-9]{40}",
    r"sgp_[0-9a-f_]{40,}",
    r"sq[puab]_[0-9a-f]{40}",
    r"sntry[su]_[\w+/=]{20,}",
    r"gl(?:sa|c)_[\w+/=]{20,}",
    r"NR(?:AK|JS|II|RA)-[\w-]{16,}",
    r"PMAK-[0-9a-f-]{20,}",
    r"dckr_(?:pat|oat)_[\w-]{20,}",
    r"SWMTKN-1-[\w-]{30,}",
    r"lin_(?:api|oauth)_\w{20,}",
    r"CCIPAT_\w{20,}",
    r"ico-[A-Za-z0-9]{32}",
    r"ph[cx]_[A-Za-z0-9]{30,}",
    r"waka_[0-9a-f-]{36}",
    // Messages and mail
    r"xox[a-z](?:\.xox[a-z])?-[\w-]{8,}",
    r"xapp-\d-[\w-]{10,}",
    r"[MNO][A-Za-z0-9_-]{17,}\.[\w-]{6}\.[\w-]{25,}",
    r"mfa\.[\w-]{60,}",
    r"SG\.[\w-]{16,}(?:\.[\w-]{16,})?",
    r"(?:pub)?key-[0-9a-z]{32}",
    r"(?:SK|AC)[0-9a-f]{32}",
    r"\d{8,10}:A[\w-]{32,}",
    r"EAA[A-Za-z0-9]{20,}",
    r"[0-9a-f]{32}-us\d{1,2}",
    r"xkeysib-[0-9a-f]{64}-\w{16}",
    r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}",
    r"AAAA[\w-]{7}:[\w-]{100,}",
    r"secret_[A-Za-z0-9]{40,}",
    r"ntn_\w{30,}",
    r"fig[dour]_[\w-]{20,}",
    r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}",
    r"sl\.[\w-]{60,}",
    r"CFPAT-[\w-]{40,}",
    r"aio_[A-Za-z0-9]{28}",
    r"pat-(?:na|eu)\d-[0-9a-f-]{36}",
    // Models
    r"sk-(?:ant-|proj-|svcacct-|or-|admin-)?[\w-]{16,}",
    r"gsk_[A-Za-z0-9]{20,}",
    r"hf_[A-Za-z0-9]{20,}",
    r"r8_[A-Za-z0-9]{20,}",
    r"pplx-[A-Za-z0-9]{20,}",
    r"xai-\w{20,}",
    r"nvapi-[\w-]{20,}",
    // Payment and shops
    r"(?:sk|rk|pk)_(?:live|test|prod)_[A-Za-z0-9]{10,}",
    r"whsec_[\w+/=]{16,}",
    r"shp(?:at|ca|pa|ss|tka)_[0-9A-Fa-f]{20,}",
    r"shippo_(?:live|test)_[0-9a-f]{20,}",
    r"sq0(?:atp|csp|idp)-[\w-]{20,}",
    r"access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}",
    r"duffel_(?:live|test)_[\w=-]{20,}",
    r"EZ[AT]K[a-z0-9]{50,}",
    r"FLW(?:SECK|PUBK)(?:_TEST)?-[\w-]{12,}",
    r"rzp_(?:live|test)_[A-Za-z0-9]{14,}",
    // Keys and hashes of passwords
    r"AGE-SECRET-KEY-1[A-Z0-9]{20,}",
    r"A3-[A-Z0-9]{6}(?:-[A-Z0-9]{5,6}){4,5}",
    r"[xyz]prv[1-9A-HJ-NP-Za-km-z]{90,}",
    r"[5KL][1-9A-HJ-NP-Za-km-z]{50,51}",
    r"0x[0-9a-fA-F]{64}",
    r"ey[JK][\w-]{8,}\.ey[\w-]{6,}(?:\.[\w-]+)?",
    r"eyJ[\w+/=-]{30,}",
    r"\d{6}(?:-\d{6}){7}",
    r"[A-Z0-9]{5}(?:-[A-Z0-9]{5}){4}",
];

/// Hashes of passwords, as systems keep them.
const HASHED: &[&str] = &[
    r"\$(?:1|2[abxy]?|5|6|7|y|apr1|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]*)\$[^\s:\x22']{16,}",
    r"\{S?SHA\d*\}[A-Za-z0-9+/=]{20,}",
];

/// Values by what stands around them; `v` is the value.
const AROUND: &[(Kind, &str)] = &[
    (Kind::Password, r"[a-z][a-z0-9+.-]{1,20}://[^\s/:@\x22'<>]{0,80}:(?P<v>[^\s/\x22'<>]{1,160})@"),
    (
        Kind::Token,
        r"[?&#;][\w.%-]{0,40}?(?:password|passwd|passphrase|pwd|psw|pass|token|secret|api[_-]?key|apikey|auth|signature|sig|jwt|credential|access[_-]?key|session(?:id|_id)?|sid|otp)=(?P<v>[^\s&#;\x22'<>)\]]{3,})",
    ),
    (Kind::Token, r"[?&#](?:key|code|hash|ticket|invite|k|t|s|h)=(?P<r>[\w.~%+/=-]{12,})"),
    (Kind::Token, r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/(?P<v>[\w/]{16,})"),
    (Kind::Token, r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks/(?P<v>\d+/[\w-]{16,})"),
    (Kind::Token, r"webhook\.office\.com/(?P<v>[^\s\x22'<>)]{16,})"),
    (Kind::Token, r"outlook\.office(?:365)?\.com/webhook/(?P<v>[^\s\x22'<>)]{16,})"),
    (Kind::Token, r"hooks\.zapier\.com/hooks/catch/(?P<v>[\w/]{6,})"),
    (Kind::Token, r"hooks?\.[\w.-]*(?:make|integromat|pipedream|n8n)[\w.-]*/(?P<v>[\w-]{16,})"),
    (Kind::Token, r"maker\.ifttt\.com/[^\s]{0,80}?/key/(?P<v>[\w-]{10,})"),
    (Kind::Token, r"api\.telegram\.org/bot(?P<v>\d+:[\w-]{20,})"),
    (Kind::Token, r"/private-(?P<v>[0-9a-f]{16,})/"),
    (
        Kind::Token,
        r"/(?:reset|magic|activate|password[_-]?reset|reset[_-]?password|verify|confirm)[\w-]{0,20}/(?P<r>[\w.-]{16,})",
    ),
    (Kind::Code, r"otpauth(?:-migration)?://(?P<v>[^\s\x22'<>]+)"),
    (Kind::Password, r"WIFI:[^\s]{0,80}?P:(?P<v>[^;\s]+)"),
    (
        Kind::Password,
        r"\bcurl\b[^\n]{0,200}?\s(?:-u|--user|--proxy-user|-U)[ =]?[\x22']?[^\s:\x22']{1,64}:(?P<v>[^\s\x22']+)",
    ),
    (Kind::Password, r"\b(?:mysql\w*|mariadb\w*)\b[^\n]{0,120}?\s-p[\x22']?(?P<v>[^\s\x22'-][^\s\x22']{2,})"),
    (
        Kind::Password,
        r"\b(?:sshpass|mongo\w*|docker login|ldap\w+|sqlcmd|redis-cli|zip|unzip|7z|rar|smbclient)\b[^\n]{0,120}?\s-(?:p|w|P|a|pw)[ ]?[\x22']?(?P<s>[^\s\x22'-][^\s\x22']{2,})",
    ),
    (Kind::Password, r"\bsmbclient\b[^\n]{0,120}?-U[ ]?[\x22']?[^\s%]{1,40}%(?P<v>[^\s\x22']+)"),
    (
        Kind::Password,
        r"(?:^|[\s\x22'`])--?[\w-]{0,24}?(?:password|passwd|passphrase|pwd|pass|token|secret|api-?key|access-key|auth)=[\x22']?(?P<v>[^\s\x22'-][^\s\x22']{2,})",
    ),
    (Kind::Password, r"\bsmbclient\b[^\n]{0,120}?-U[ ]?[\x22']?[^\s%]{1,40}%(?P<v>[^\s\x22']+)"),
    (
        Kind::Password,
        r"(?:^|[\s\x22'`])--[\w-]{0,24}?(?:password|passwd|passphrase|pwd|pass|token|secret|api-?key|access-key|auth) [\x22']?(?P<v>[^\s\x22'-][^\s\x22']{2,})",
    ),
    (Kind::Password, r"\bnet use\b[^\n]{0,80}?\\\\[^\s]{1,80}\s+(?P<v>[^\s/*][^\s]{2,})"),
    (
        Kind::Password,
        r"(?:key|name|id)=\x22[^\x22\n]{0,40}(?:password|passwd|pwd|secret|token|apikey)[^\x22\n]{0,20}\x22\s+(?:value|content)=\x22(?P<v>[^\x22\n]{3,120})\x22",
    ),
    (Kind::Password, r"\bidentified\s+(?:with\s+\w+\s+)?by\s+[\x22'](?P<v>[^\x22'\n]{2,80})"),
    (Kind::Password, r"\bpass(?:in|out)?\s+pass:(?P<v>[^\s]{3,})"),
    (Kind::Password, r"\becho\s+[\x22']?(?P<v>[^\s\x22'|]{3,80})[\x22']?\s*\|\s*sudo\s+-S"),
    (Kind::Token, r"\b(?:bearer|basic)\s+(?P<d>[A-Za-z0-9+/_.~=-]{16,})"),
    (Kind::Code, r"\b(?P<v>\d{4,8}) is your [\w ]{0,30}?(?:code|otp|pin|passcode)\b"),
    (
        Kind::Code,
        r"\bcode (?:for|to|of|on) (?:the |our |my )?(?:front |back )?(?:door|gate|alarm|safe|building|garage|lock|locker|entrance|house|flat|bike|shed)[^\n.]{0,24}?(?P<v>\d{3,8}[#*]?)",
    ),
    (Kind::Code, r"\b(?:safe|lock|padlock|locker)\b[^\n.\d]{0,30}(?P<v>\d{1,2}[- ]\d{1,2}[- ]\d{1,2})\b"),
    (Kind::Password, r"\bu(?:ser)?[:=][ \t]*[^\s]{1,40}[\s,;/]{1,3}p(?:ass|w|wd)?[:=][ \t]*(?P<s>[^\s]{4,})"),
    (Kind::Password, r"\b(?:network|ssid|wi-?fi|wlan)\b[^\n]{0,60}?\bkey[:=][ \t]*(?P<s>[^\s]{5,})"),
    (
        Kind::Password,
        r"(?:password|passwd|pwd|secret|token|api_?key)[\w]{0,16}[\x22'],[ \t]*[\x22'](?P<s>[^\x22'\n]{4,})[\x22']",
    ),
    (Kind::Token, r"\b(?:set-)?cookie:\s*(?P<v>[\w.-]{1,40}=[^\n]{8,})"),
    (Kind::Password, r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{2,40}:(?P<s>[^\s/:]{5,64})"),
];

/// Words before `ann / hunter22` that make a login of it.
const LOGINS: &str = "log in|login|logged in|log-in|sign in|sign-in|signed in|credential|creds|user|account|anmeld|zugang|identifiant|konto|cuenta|conta|wifi|wi-fi|wlan|router|@";

fn compile(pattern: &str) -> Regex {
    // The tests use each of them.
    Regex::new(pattern).unwrap_or_else(|error| unreachable!("{error}"))
}

static TOKEN: LazyLock<Regex> =
    LazyLock::new(|| compile(&format!("(?-u:{}|{})", MARKED.join("|"), HASHED.join("|"))));
static IN_CONTEXT: LazyLock<RegexSet> = LazyLock::new(|| {
    let patterns = AROUND.iter().map(|(_, pattern)| format!("(?i-u:{pattern})"));
    RegexSet::new(patterns).unwrap_or_else(|error| unreachable!("{error}"))
});
static CONTEXTS: LazyLock<Vec<(Kind, Regex)>> = LazyLock::new(|| {
    AROUND.iter().map(|(kind, pattern)| (*kind, compile(&format!("(?i-u:{pattern})")))).collect()
});

/// Finds secrets by their form.
pub(super) fn find(text: &str, found: &mut Vec<Secret>) {
    for token in TOKEN.find_iter(text.as_bytes()) {
        let value = &text[token.range()];
        let is_hash_in_link = value.starts_with("0x") && text[..token.start()].ends_with('/');
        if !is_inside_word(text, token.start()) && is_drawn(value) && !is_hash_in_link {
            let end = token.start() + value.trim_end_matches(['.', '-', ',']).len();
            found.push(Secret::new(token.start()..end, Kind::Token));
        }
    }
    for matched in &IN_CONTEXT.matches(text.as_bytes()) {
        let (kind, pattern) = &CONTEXTS[matched];
        for captures in pattern.captures_iter(text.as_bytes()) {
            let range =
                ["v", "r", "s", "d"].iter().find_map(|name| Some((*name, captures.name(name)?.range())));
            let Some((name, range)) = range else { continue };
            let range = floor(text, range.start)..floor(text, range.end);
            let value = text[range.clone()].trim_end_matches(['.', ',', ';', ')', '>']);
            let is_value = match name {
                "r" => {
                    value.len() >= 12
                        && value.bytes().filter(u8::is_ascii_digit).count() >= 2
                        && is_strong(value)
                }
                "s" => is_strong(value),
                "d" => is_drawn(value),
                _ => value.chars().count() >= 2,
            };
            if is_value && !is_placeholder(value) {
                found.push(Secret::new(range.start..range.start + value.len(), *kind));
            }
        }
    }
    logins(text, found);
    random(text, found);
    private_keys(text, found);
}

/// Whether a marked token has what no word has: a digit, or capitals and small letters mixed.
fn is_drawn(value: &str) -> bool {
    let count = |is: fn(&u8) -> bool| value.bytes().filter(is).count();
    count(u8::is_ascii_digit) > 0
        || (count(u8::is_ascii_uppercase) >= 3 && count(u8::is_ascii_lowercase) >= 3)
}

/// `log in with ann / hunter22`, and such a pair alone on its line.
fn logins(text: &str, found: &mut Vec<Secret>) {
    for (at, slash) in text.match_indices(" / ") {
        let start = at + slash.len();
        let line = super::line_at(text, at);
        let end = text[start..line.end].find(char::is_whitespace).map_or(line.end, |end| start + end);
        let value = text[start..end].trim_end_matches(['.', ',', ';', ')', '"']);
        let before = text[line.start..at].to_lowercase();
        let is_named = LOGINS.split('|').any(|login| before.contains(login));
        let is_pair = text[end..line.end].trim().is_empty() && !before.trim().contains(char::is_whitespace);
        let has_digit = value.chars().any(|c| c.is_ascii_digit());
        if is_strong(value)
            && has_digit
            && (is_named || (is_pair && value.len() >= 6))
            && !value.contains('/')
        {
            found.push(Secret::new(start..start + value.len(), Kind::Password));
        }
    }
}

/// Least length of a run that is judged by its form alone.
const RANDOM_LENGTH: usize = 24;
/// Least number of different characters in it.
const RANDOM_VARIETY: usize = 10;

/// Long runs that look drawn at random, outside of links, paths and addresses.
fn random(text: &str, found: &mut Vec<Secret>) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '_' | '-' | '.' | '=');
    let mut at = 0;
    while let Some(start) = text[at..].find(is_part).map(|start| at + start) {
        let end = text[start..].find(|c| !is_part(c)).map_or(text.len(), |end| start + end);
        at = end;
        let run = text[start..end].trim_matches(['.', '-', '/', '_']);
        if run.len() < RANDOM_LENGTH {
            continue;
        }
        let start = start + text[start..end].find(run).unwrap_or(0);
        let range = start..start + run.len();
        let is_secret = if is_hexadecimal(run) { is_alone(text, &range) } else { is_random(run) };
        if is_secret && !is_in_address(text, &range) {
            found.push(Secret::new(range, Kind::Token));
        }
    }
}

/// Whether a run looks drawn at random: it is long, has many different characters and digits among letters. Its kind
/// of character (upper case, lower case, digit) changes often; in words, names in code, paths and dates it changes
/// seldom.
fn is_random(run: &str) -> bool {
    let mut seen = [false; 128];
    for byte in run.bytes().filter(u8::is_ascii) {
        seen[usize::from(byte)] = true;
    }
    let variety = seen.iter().filter(|&&is_seen| is_seen).count();
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let letters = run.bytes().filter(u8::is_ascii_alphabetic).count();
    let changes = run.as_bytes().windows(2).filter(|pair| changes_kind(pair[0], pair[1])).count();
    // The secret keys of one large cloud have forty characters, few of them digits.
    let is_of_forty = run.len() == 40 && digits >= 1 && changes * 5 >= run.len() && variety >= 20;
    let is_mixed = variety >= RANDOM_VARIETY && digits >= 3 && letters >= 5 && changes * 4 >= run.len();
    !is_identifier(run) && (is_mixed || is_of_forty)
}

/// `65f1c2d3-1234-4abc-9def-1234567890ab`.
fn is_identifier(run: &str) -> bool {
    let parts: Vec<&str> = run.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A sum or an id: hexadecimal digits alone.
fn is_hexadecimal(run: &str) -> bool {
    run.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a run of hexadecimal digits is all of its line, and long enough for a key.
fn is_alone(text: &str, range: &Range<usize>) -> bool {
    let line = super::line_at(text, range.start);
    let has_letter = text[range.clone()].bytes().any(|byte| byte.is_ascii_alphabetic());
    range.len() >= 32 && has_letter && text[line].trim() == &text[range.clone()]
}

/// Whether a run belongs to a link, a path or the address of a mail.
fn is_in_address(text: &str, range: &Range<usize>) -> bool {
    let low = floor(text, range.start.saturating_sub(super::NEAR));
    let start = text[low..range.start].rfind(char::is_whitespace).map_or(low, |at| low + at);
    let before = &text[start..range.start];
    let is_link =
        before.contains("://") || before.contains("www.") || before.contains(":\\") || before.contains('\\');
    let is_path = before.trim_start().starts_with(['/', '~']) && text[range.clone()].contains('/');
    let is_host = text[range.clone()].split('/').next().is_some_and(|host| {
        let mut parts = host.split('.');
        host.contains('.')
            && text[range.clone()].contains('/')
            && parts.all(|part| !part.is_empty() && part.len() <= 24)
    });
    is_link || is_path || is_host || text[range.end..].starts_with('@')
}

/// Whether two neighbours are of different kinds; a capital before a small letter is how words begin.
fn changes_kind(a: u8, b: u8) -> bool {
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => Some(0),
        b'a'..=b'z' => Some(1),
        b'A'..=b'Z' => Some(2),
        _ => None,
    };
    match (kind(a), kind(b)) {
        (Some(2), Some(1)) => false,
        (Some(a), Some(b)) => a != b,
        _ => false,
    }
}

/// Longest block of a private key.
const LONGEST_KEY: usize = 16_384;

/// Blocks of private keys, whole. One that is never closed ends where prose begins.
fn private_keys(text: &str, found: &mut Vec<Secret>) {
    static BEGIN: LazyLock<Regex> = LazyLock::new(|| {
        compile(r"(?-u:-{4,5} ?BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)? ?-{4,5}|PuTTY-User-Key-File-\d:)")
    });
    let mut past = 0;
    for begin in BEGIN.find_iter(text.as_bytes()) {
        if begin.start() < past {
            continue;
        }
        let near = &text[begin.end()..floor(text, (begin.end() + LONGEST_KEY).min(text.len()))];
        let closed = near.find("-END ").or_else(|| near.find("- END ")).and_then(|end| {
            let after = end + 5 + near[end + 5..].find("--")?;
            Some(after + near[after..].len() - near[after..].trim_start_matches('-').len())
        });
        past = begin.end() + closed.unwrap_or_else(|| key_length(near));
        found.push(Secret::new(begin.start()..past, Kind::PrivateKey));
    }
}

/// Bytes of `text` that look like the inside of a key.
fn key_length(text: &str) -> usize {
    let mut length = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let is_inside = at == 0 || line.split_whitespace().count() < 6;
        if !is_inside {
            break;
        }
        at += line.len();
        if !line.trim().is_empty() {
            length = at - (line.len() - line.trim_end().len());
        }
    }
    length
}
