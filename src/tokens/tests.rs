//! Against tiktoken-rs, which has the same vocabularies and OpenAI's regular expressions.

use proptest::prelude::*;
use tiktoken_rs::CoreBPE;

use super::{Encoding, encoding_for_model, names};

fn oracle(encoding: Encoding) -> &'static CoreBPE {
    match encoding {
        Encoding::R50kBase => tiktoken_rs::r50k_base_singleton(),
        Encoding::P50kBase => tiktoken_rs::p50k_base_singleton(),
        Encoding::P50kEdit => tiktoken_rs::p50k_edit_singleton(),
        Encoding::Cl100kBase => tiktoken_rs::cl100k_base_singleton(),
        Encoding::O200kBase => tiktoken_rs::o200k_base_singleton(),
        Encoding::O200kHarmony => tiktoken_rs::o200k_harmony_singleton(),
    }
}

fn check(text: &str) {
    for encoding in Encoding::ALL {
        let expected = oracle(encoding).encode_ordinary(text);
        let tokens = encoding.encode(text);
        assert_eq!(tokens, expected, "{} {text:?}", encoding.name());
        assert_eq!(encoding.count(text), expected.len(), "{} {text:?}", encoding.name());
        assert_eq!(encoding.decode(&tokens).unwrap(), text.as_bytes());
    }
}

#[test]
fn every_encoding_is_there_and_knows_hello() {
    for name in names() {
        let encoding = Encoding::get(name).unwrap();
        assert_eq!(encoding.count("hello world"), 2, "{name}");
    }
    assert!(Encoding::get("gpt-9").is_none());
}

#[test]
fn unknown_tokens_are_refused_and_special_ones_decoded() {
    assert!(Encoding::Cl100kBase.decode(&[100_256]).is_err());
    assert_eq!(Encoding::Cl100kBase.decode(&[100_257]).unwrap(), b"<|endoftext|>");
    assert_eq!(Encoding::O200kHarmony.decode(&[200_018, 200_100]).unwrap(), b"<|endofprompt|><|reserved_200100|>");
}

#[test]
fn shapes_that_patterns_treat_apart() {
    for text in [
        "",
        " ",
        "  ",
        "\n",
        " \n",
        "\n ",
        "\r\n\r\n  x",
        "   \t\u{a0}x",
        "don't DON'T don'\u{17f}",
        "'s'S'll'LL 're",
        "HTTPServer fooBar ABCdef's",
        "1234567 12 ٣٤٥٦",
        "a\u{301}b \u{301}c",
        "日本語 こんにちは、世界。",
        "!!!\n\n//\n",
        "x = {'a': 1};\n\tif (y) {\n\n\n}",
        "😀👨‍👩‍👧 <|endoftext|> <|im_start|>",
        "a 'b",
        "Ａ\u{1F1E9}\u{1F1EA}",
        "'",
        " '",
        "A' B",
    ] {
        check(text);
    }
}

#[test]
fn long_pieces() {
    let letters: String = "etaoinshrdlu".chars().cycle().take(997).collect();
    for text in
        [letters, "a".repeat(1001), "-=".repeat(300), " ".repeat(777), "ab\u{4e2d}".repeat(120), "é".repeat(600)]
    {
        check(&text);
        check(&format!(" {text}"));
    }
}

#[test]
fn runs_of_each_letter() {
    for letter in ('a'..='z').chain('A'..='Z').chain("é中あ한😀-= 0".chars()) {
        for end in ["", "The end"] {
            check(&format!("{}{end}", letter.to_string().repeat(300)));
        }
    }
}

#[test]
fn stretches_are_counted_by_themselves() {
    let text = "日本語 tokens é😀 ".repeat(30);
    let characters: Vec<char> = text.chars().collect();
    for size in [1, 2, 7, 1024] {
        let expected = characters.chunks(size).map(|part| Encoding::O200kBase.count(&part.iter().collect::<String>()));
        let size = std::num::NonZeroUsize::new(size).unwrap();
        assert_eq!(Encoding::O200kBase.count_stretches(&text, size), expected.sum::<usize>());
    }
}

#[test]
fn all_code_points_alone_and_in_context() {
    let characters: Vec<char> = (0..=0x10_FFFF).filter_map(char::from_u32).collect();
    let encodings = [Encoding::R50kBase, Encoding::Cl100kBase, Encoding::O200kBase];
    for block in characters.chunks(64) {
        // one text for a block of code points: each after a letter, a number, a space, a line break, an apostrophe
        let text: String = block.iter().map(|c| format!("{c}a{c}A1{c} {c}\n{c}'{c}s{c}{c}; ")).collect();
        for encoding in encodings {
            assert_eq!(
                encoding.encode(&text),
                oracle(encoding).encode_ordinary(&text),
                "{} {block:?}",
                encoding.name()
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text(text in "\\PC{0,80}") {
        check(&text);
    }

    #[test]
    fn texts_of_few_signs(text in "[ aAbB1\n\r\t'sLl!/é中\u{301}ǅ]{0,120}") {
        check(&text);
    }

    #[test]
    fn texts_of_wide_characters(text in "[ぁ-ヿ一-鿿가-힣ก-ฮ、。！ aé]{0,60}") {
        check(&text);
    }

    #[test]
    fn long_words(text in "[a-zA-Z]{40,400}") {
        check(&text);
    }

    #[test]
    fn long_words_of_few_letters(text in "[abs]{40,400}") {
        check(&text);
    }

    #[test]
    fn starts_are_starts(text in "\\PC{0,60}", limit in 0usize..20) {
        let encoding = Encoding::Cl100kBase;
        let start = encoding.truncate(&text, limit);
        prop_assert!(text.starts_with(start));
        prop_assert!(encoding.encode(&text).len() > limit || start == text);
        let tokens = encoding.encode(&text);
        let bytes = encoding.decode(tokens.get(..limit.min(tokens.len())).unwrap()).unwrap();
        prop_assert!(start.len() <= bytes.len() && bytes.len() - start.len() < 4);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn long_runs(text in "([a-z中é]{1,3}){1,2}", times in 100usize..400, rest in "[a-z]{0,9}") {
        check(&format!("{}{rest}", text.repeat(times)));
    }
}

#[test]
fn models_have_the_encodings_that_tiktoken_gives_them() {
    for (model, encoding) in [
        ("gpt-4o-mini", Encoding::O200kBase),
        ("ft:gpt-4o:us::1", Encoding::O200kBase),
        ("gpt-4-turbo", Encoding::Cl100kBase),
        ("gpt-35-turbo", Encoding::Cl100kBase),
        ("text-davinci-003", Encoding::P50kBase),
        ("text-davinci-001", Encoding::R50kBase),
        ("text-ada-001", Encoding::R50kBase),
        ("code-davinci-edit-001", Encoding::P50kEdit),
        ("gpt-oss-120b", Encoding::O200kHarmony),
    ] {
        assert_eq!(encoding_for_model(model), Some(encoding), "{model}");
    }
    assert_eq!(encoding_for_model("claude-9"), None);
}
