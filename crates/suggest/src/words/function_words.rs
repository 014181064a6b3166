//! Function words of the large languages in Latin script, by which a language shows from its first words on.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Languages, each with its commonest words, and with some that people open a text with; in lower case.
const LANGUAGES: [&str; 14] = [
    // German
    "aber als am auch auf aus bei bin bist bitte danke das dass dein deine dem den der des die dir du ein eine einem einen \
     einer er es etwas für gerne guten habe haben hallo hast hat heute hier ich ihr im ist ja jetzt kann kein keine können \
     liebe lieber man mein meine mich mir mit möchte morgen muss nach nicht noch nur oder schon sehr sich sie sind und uns \
     unser unsere von vor warum was weil wenn wer werden wie wir wird wo zu zum zur",
    // French
    "alors au aussi aux avec avez avoir bien bonjour bonsoir ça ce cela ces cette chez comme dans de depuis des donc du elle \
     elles en est et être eux fait faire ici il ils j'ai je la le les leur leurs lui ma mais merci mes moi mon nous notre on ont \
     ou où par pas peut plus pour pourquoi quand que qui sa salut sans se ses si son sont suis sur ta très tu un une voici votre \
     vous y",
    // Spanish
    "ahora al algo aquí así bien bueno buenos como con cuando cuál de del desde donde dónde el él ella ellos en es esa ese eso \
     esta está están este esto estoy fue gracias ha hace hasta hay he hola la las le les lo los más me mi mis mucho muy no nos \
     nosotros nuestro nuestra o para pero por porque puede puedo qué que quiero se ser si sí sin sobre son soy su sus también \
     tengo tiene todo todos tu tú un una unos y ya yo",
    // Italian
    "abbiamo al alla alle anche ancora che chi ci ciao come con cosa da dal dalla degli dei del della delle di dove e è ed era \
     gli grazie ha hai hanno ho il in io la le lei lo loro lui ma mi mia mio molto ne nel nella noi non ogni oggi per perché \
     però più quando questa questo sei si sia sono su sua suo sul tu tutti tutto un una uno voglio voi vorrei",
    // Portuguese
    "agora ao aos as até bem bom com como da das de dela dele depois do dos e é ela ele eles em está estou eu foi gostaria há \
     isso isto já lhe mais mas me meu meus minha muito na não nas nem no nos nós nossa nosso o obrigado olá os ou para pela pelo \
     por porque posso quando quem quero são se sem ser seu sua também tem tenho um uma você vocês",
    // Dutch
    "aan al als bent ben bij dag dan dat de deze die dit doen door dus een en er ga geen goed graag had hallo heb hebben heeft \
     het hij hoe hun ik in is je jij jou jouw kan kunnen maar me meer met mij mijn naar niet nog nu of om omdat ons onze ook op \
     over te toch tot uit u van vandaag veel voor waar wat weer wel wij wil willen worden wordt ze zeer zei zich zij zijn zo",
    // Swedish
    "alla att av de den det där dig du efter ej eller en ett från för ha hade han har hej här hon hur i idag inte ja jag kan \
     kommer man med mig min mina mitt mot mycket ni nu när och om på sedan sig sin ska skulle som så tack till upp ut vad var vi \
     vid vill är över",
    // Danish and Norwegian
    "af alle at av da de deg dem den der deres det dig du eller en er et etter fra gjerne god ham han har hej hei her hos hun \
     hvad hva hvis hvor i ikke jeg kan kun man med meg men mig min mine mitt nå når noe noget nu og også om opp op på seg sig \
     sin skal som så takk tak til ut vi vil ville være",
    // Polish
    "ale bardzo być był było chcę co czy dla do dzień dziękuję gdzie i ich ja jak jako jest jestem jeszcze już ją kiedy mam \
     mnie moja może mój na nie nam o od on ona po pod ponieważ proszę przez przy są się tak tam te tego ten to tu ty tylko w we \
     więc witam wszystko z za ze że żeby",
    // Finnish
    "ei eikä en että he hei hän hyvä hyvää ja jo jos joka kaikki kanssa kiitos kuin kun kuten me mikä minä minua minun minulla \
     mukaan mutta myös ne niin nyt oli olla olen on ovat pitää se sekä sen siitä sinä sitten tai te tämä tässä vain voi",
    // Turkish
    "ama bana ben benim bir biz bu bunu çok çünkü da daha de değil en evet gibi hayır her için ile istiyorum iyi kadar ki \
     merhaba mi mı ne nasıl o olarak olan oldu onun sen siz şey şimdi şu teşekkürler var ve veya ya yok",
    // Romanian
    "acest această am ar are au aș bine bună ca că când care ce cu cum da de deci din după el ea este eu fi foarte în îmi la \
     lui mai mi mulțumesc nu o pe pentru să sau se sunt și unde un vă vreau",
    // Czech and Slovak
    "aby ahoj ako ale ani až bude by byl co do dobrý ho i já je jeho jej jen jsem jsme jsou k kde když která který mám mi na \
     ne nebo není o od po pro proto protože s se si som sú ta tak také to tu v ve více však z za že",
    // Hungarian
    "a amely az azt csak de egy el én és ez ezt fel ha hogy hogyan igen is itt jó kell köszönöm lesz már meg mert mi mint \
     mit nagyon nagy ne nem nincs ő őt pedig szép szeretnék talán te úgy vagy vagyok van volt",
];

/// Languages in Latin script that have function words here.
pub(crate) const COUNT: usize = LANGUAGES.len();

static WORDS: LazyLock<FxHashMap<&str, u16>> = LazyLock::new(|| {
    let mut words: FxHashMap<&str, u16> = FxHashMap::default();
    for (language, line) in LANGUAGES.iter().enumerate() {
        for word in line.split_whitespace() {
            *words.entry(word).or_default() |= 1 << language;
        }
    }
    words
});

/// The languages that have a word, in lower case, as a function word: bit by bit, [`COUNT`] of them.
pub(crate) fn languages_of(word: &str) -> u16 {
    WORDS.get(word).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_dozens_of_words_once_each() {
        for line in LANGUAGES {
            let mut words: Vec<&str> = line.split_whitespace().collect();
            let all = words.len();
            assert!(all >= 40, "{line}");
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), all, "{line}");
            assert!(words.iter().all(|word| word.to_lowercase() == **word));
        }
        assert_eq!(languages_of("möchte"), 1);
        assert!(languages_of("de").count_ones() > 3);
        assert_eq!(languages_of("house"), 0);
    }
}
