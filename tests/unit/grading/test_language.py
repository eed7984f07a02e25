"""Facts about telling languages and scripts."""

import pytest

from evalgate.grading.answer import Answer
from evalgate.grading.language import (
    LANGUAGES,
    language,
    language_fault,
    language_of,
    script,
    script_fault,
)
from evalgate.model.chat import Completion, Usage
from evalgate.model.document import Data

SAMPLES = {
    "en": "You can send the kettle back within 30 days, and we will refund it.",
    "de": "Sie können den Kessel innerhalb von 30 Tagen zurücksenden, und wir erstatten den Preis.",
    "fr": "Vous pouvez renvoyer la bouilloire dans les 30 jours et nous la remboursons.",
    "es": "Puede devolver la tetera en un plazo de 30 días y le reembolsaremos el precio.",
    "it": "Può restituire il bollitore entro 30 giorni e le rimborseremo il prezzo.",
    "pt": "Você pode devolver a chaleira em até 30 dias e nós devolvemos o seu dinheiro.",
    "nl": "U kunt de ketel binnen 30 dagen terugsturen en wij betalen het bedrag terug.",
    "sv": "Du kan skicka tillbaka kitteln inom 30 dagar och vi betalar tillbaka hela priset.",
    "da": "Du kan sende kedlen tilbage inden for 30 dage, og vi refunderer hele beløbet til jer.",
    "fi": "Voit palauttaa kattilan 30 päivän kuluessa, ja me maksamme sen hinnan takaisin.",
    "pl": "Czajnik można zwrócić w ciągu 30 dni, a my zwrócimy jego cenę.",
    "cs": "Konvici můžete vrátit do 30 dnů a my vám vrátíme peníze, které jste zaplatili.",
    "hu": "A vízforralót 30 napon belül lehet visszaküldeni, és az árát visszatérítjük.",
    "ro": "Puteți returna ceainicul în 30 de zile și vă vom rambursa prețul.",
    "tr": "Su ısıtıcısını 30 gün içinde iade edebilirsiniz ve bedelini size geri öderiz.",
    "id": "Anda dapat mengembalikan ketel dalam 30 hari dan kami akan mengembalikan uang Anda.",
    "vi": "Bạn có thể trả lại ấm trong 30 ngày và chúng tôi sẽ hoàn tiền cho bạn.",
    "ru": "Вы можете вернуть чайник в течение 30 дней, и мы вернём деньги.",
    "uk": "Ви можете повернути чайник протягом 30 днів, і ми повернемо гроші за його ціною.",
    "el": "Μπορείτε να επιστρέψετε τον βραστήρα εντός 30 ημερών.",
    "ar": "يمكنك إعادة الغلاية خلال 30 يومًا وسنعيد إليك المبلغ.",
    "he": "ניתן להחזיר את הקומקום תוך 30 יום.",
    "hi": "आप केतली को 30 दिनों के भीतर वापस कर सकते हैं।",
    "th": "คุณสามารถคืนกาต้มน้ำได้ภายใน 30 วัน",
    "ja": "やかんは30日以内にご返品いただけます。",
    "zh": "您可以在三十天内退回水壶，我们会退款。",
    "ko": "주전자는 30일 이내에 반품하실 수 있습니다.",
}


def answer(text: str) -> Answer:
    usage = Usage(input_tokens=1, output_tokens=1)
    return Answer(
        completion=Completion(
            text=text, model="m", stop_reason="end_turn", usage=usage, latency_ms=1
        )
    )


@pytest.mark.parametrize("code", sorted(SAMPLES))
def test_a_sentence_is_enough_to_tell_a_language(code: str) -> None:
    assert language_of(SAMPLES[code]) == code


def test_foreign_names_do_not_change_the_language() -> None:
    text = "Sehr geehrte Frau O'Brien, wir haben den Kettle Deluxe für Sie zurückgelegt."
    assert language_of(text) == "de"


def test_code_and_addresses_are_left_out() -> None:
    text = (
        SAMPLES["de"] + "\n```\nif the order is not on the way then return\n```\nhttps://the.is/of"
    )
    assert language_of(text) == "de"


@pytest.mark.parametrize("text", ["", "OK.", "QF-31877", "12 / 7", "😀😀😀"])
def test_too_little_to_tell_is_ungraded(text: str) -> None:
    found = language("en", answer(text))
    assert (found.holds, found.cause) == (None, "too_short")


def test_one_of_several_languages_will_do() -> None:
    assert language(["fr", "de"], answer(SAMPLES["de"])).holds is True
    assert language("fr", answer(SAMPLES["de"])).holds is False


@pytest.mark.parametrize("code", ["deu", "german", "xx", "DE", 5, None, [], ["de", "x"]])
def test_an_unknown_code_is_a_fault(code: Data) -> None:
    assert "ISO 639-1" in str(language_fault(code))


def test_every_language_of_the_samples_can_be_asked_for() -> None:
    assert set(SAMPLES) <= set(LANGUAGES)


@pytest.mark.parametrize(
    ("name", "text", "holds"),
    [
        ("Latin", "Hello there, 30 days!", True),
        ("Latin", "Привет, друзья", False),
        ("Cyrillic", "Привет, OK", False),
        ("Cyrillic", "Привет, дорогие друзья и коллеги, OK", True),
        (["Han", "Hiragana", "Katakana"], "返品は30日以内です。カード可", True),
    ],
)
def test_nine_letters_in_ten_make_a_script(name: Data, text: str, holds: bool) -> None:
    assert script(name, answer(text)).holds is holds


def test_without_letters_there_is_no_script() -> None:
    assert script("Latin", answer("42 %")).holds is None


@pytest.mark.parametrize("name", ["Klingon", "", "L}", 5, [], None])
def test_an_unknown_script_is_a_fault(name: Data) -> None:
    assert "Unicode script" in str(script_fault(name))


def test_a_long_answer_is_told_by_its_beginning() -> None:
    assert language_of((SAMPLES["fr"] + " ") * 200_000) == "fr"
