//! Names that every writer may use: days, months, languages, peoples, countries, large cities, titles.

/// What has a capital wherever it stands: *I*, days, months, languages and peoples, countries and continents. Those that are other words
/// in lower case, such as *march*, *polish* and *turkey*, are in [`KNOWN`].
const ALWAYS: &str = "I I'm I'll I've I'd Monday Tuesday Wednesday Thursday Friday Saturday Sunday \
    January February April June July September October November December Christmas Easter \
    African Albanian Algerian American Arab Arabic Argentinian Armenian Asian Australian Austrian Belgian Bengali Brazilian \
    British Bulgarian Canadian Cantonese Catalan Chilean Chinese Colombian Croatian Cuban Czech Dutch Egyptian English \
    Estonian Ethiopian European Filipino Finnish French Georgian German Greek Hebrew Hindi Hungarian Icelandic Indian \
    Indonesian Iranian Iraqi Irish Israeli Italian Jamaican Japanese Jewish Kenyan Korean Kurdish Latin Latvian Lithuanian \
    Malaysian Mexican Moroccan Nigerian Norwegian Pakistani Palestinian Persian Peruvian Portuguese Romanian Russian Scottish \
    Serbian Slovak Slovenian Spanish Swedish Syrian Taiwanese Thai Tibetan Ukrainian Vietnamese Welsh Yiddish \
    Africans Americans Arabs Asians Australians Austrians Belgians Brazilians Canadians Egyptians Europeans Germans Greeks \
    Indians Iranians Israelis Italians Koreans Mexicans Norwegians Romans Russians Spaniards Swedes Ukrainians \
    Afghanistan Africa Albania Algeria America Antarctica Argentina Armenia Asia Australia Austria Bangladesh Belgium Bolivia \
    Bosnia Brazil Britain Bulgaria Cambodia Cameroon Canada Colombia Croatia Cuba Cyprus Denmark Ecuador Egypt England Estonia \
    Ethiopia Europe Finland France Germany Ghana Greece Guatemala Haiti Honduras Hungary Iceland India Indonesia Iran Iraq \
    Ireland Israel Italy Jamaica Japan Kazakhstan Kenya Korea Kuwait Laos Latvia Lebanon Libya Lithuania Luxembourg Malaysia \
    Malta Mexico Mongolia Morocco Mozambique Myanmar Nepal Netherlands Nicaragua Nigeria Norway Pakistan Palestine Panama \
    Paraguay Peru Philippines Poland Portugal Romania Russia Rwanda Scotland Senegal Serbia Singapore Slovakia Slovenia Somalia \
    Spain Sudan Sweden Switzerland Syria Taiwan Tanzania Thailand Tunisia Uganda Ukraine Uruguay Uzbekistan Venezuela Vietnam \
    Yemen Zambia Zimbabwe";

/// Other names known to all: titles, and names that are words in lower case, too.
const KNOWN: &str = "March May August Polish Turkish Turkey China Chile Jordan Chad Guinea Roman Danish Swiss \
    Atlantic Pacific Mediterranean Los New North South East West Northern Southern Eastern Western San Saint St United States \
    Mr Mrs Ms Miss Dr Sir Lord Lady Captain Professor President Prince Princess King Queen Father Mother Aunt Uncle God Earth \
    Bible Christian Christ Jesus Internet Web TV OK PC US USA UK EU PM AM CD DVD ID";

/// Large cities and regions.
const PLACES: &str = "Amsterdam Athens Atlanta Baghdad Bangkok Barcelona Beijing Berlin Boston Brussels Budapest Cairo \
    California Chicago Dallas Delhi Denver Detroit Dublin Edinburgh Florida Geneva Hamburg Hollywood Houston Istanbul Jerusalem \
    Lisbon London Madrid Manchester Melbourne Miami Milan Montreal Moscow Mumbai Munich Naples Oslo Oxford Paris Prague Rome \
    Seattle Seoul Shanghai Stockholm Sydney Texas Tokyo Toronto Vancouver Venice Vienna Warsaw Washington York Zurich";

/// The spelling of a word in lower case that has a capital wherever it stands; `None` if it is none of these.
pub(crate) fn spelling(small: &str) -> Option<&'static str> {
    ALWAYS.split_whitespace().find(|name| is_same(name, small))
}

/// The names that have a capital wherever they stand and begin with `small`, in lower case, the name of just these letters included.
pub(crate) fn beginning_with(small: &str) -> impl Iterator<Item = &'static str> {
    ALWAYS
        .split_whitespace()
        .filter(move |name| name.get(..small.len()).is_some_and(|beginning| is_same(beginning, small)))
}

/// Whether a name, or its owner in `London's`, is known to all.
pub(crate) fn is_known(name: &str) -> bool {
    let is_it = |known: &str| known == owner(name);
    ALWAYS.split_whitespace().chain(KNOWN.split_whitespace()).any(is_it) || is_place(name)
}

/// Whether a name, or its owner, is a large city or region.
pub(crate) fn is_place(name: &str) -> bool {
    PLACES.split_whitespace().any(|place| place == owner(name))
}

fn owner(name: &str) -> &str {
    name.strip_suffix("'s").unwrap_or(name)
}

fn is_same(name: &str, small: &str) -> bool {
    name.eq_ignore_ascii_case(small) && small.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_its_letters_and_words_are_not() {
        assert_eq!(spelling("monday"), Some("Monday"));
        for other in ["Monday", "march", "may", "polish", "turkey", "mond", "", "house"] {
            assert_eq!(spelling(other), None, "{other}");
        }
        assert_eq!(beginning_with("germ").collect::<Vec<_>>(), ["German", "Germans", "Germany"]);
        assert_eq!(beginning_with("é").count(), 0);
        assert!(is_known("March") && is_place("London's") && is_known("London") && is_known("French"));
        assert!(!is_known("Tom") && !is_known("march"));
    }
}
