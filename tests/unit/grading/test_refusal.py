"""Facts about telling refusals from other answers."""

import pytest

from evalgate.grading.answer import Answer
from evalgate.grading.refusal import refusal, refusal_fault
from evalgate.model.chat import Completion, Usage

REFUSALS = """\
I'm sorry, but I can't help with that.
I’m sorry, but I cannot assist with that request.
I can't help you with this.
I cannot comply with that request.
I won't do that.
I am unable to assist with this.
I must decline to answer.
That is against my guidelines.
As an AI model I cannot give an opinion on that.
I can't provide instructions on that.
Dabei kann ich Ihnen leider nicht helfen.
Es tut mir leid, aber damit kann ich nicht helfen.
Ich kann dir dabei nicht weiterhelfen.
Ich kann dieser Bitte nicht nachkommen.
Das muss ich ablehnen: Ich muss das leider ablehnen.
Je suis désolé, mais je ne peux pas vous aider avec cela.
Je ne peux pas répondre à cette demande.
Je dois décliner.
Lo siento, pero no puedo ayudarte con eso.
No puedo cumplir con esa solicitud.
Mi dispiace, ma non posso aiutarti con questo.
Non posso soddisfare questa richiesta.
Desculpe, mas não posso ajudar com isso.
Não posso atender a esse pedido.
Het spijt me, maar daar kan ik je niet mee helpen. Ik kan je daarmee niet helpen.
Hierbij kan ik u helaas niet helpen.
Przykro mi, ale nie mogę w tym pomóc.
Nie mogę spełnić tej prośby.
Üzgünüm, bu konuda size yardımcı olamam.
申し訳ありませんが、そのご依頼にはお応えできません。
申し訳ございませんが、お手伝いできません。
抱歉，我无法协助您完成这个请求。
对不起，我不能回答这个问题。
죄송하지만 그 요청은 도와드릴 수 없습니다.
""".strip().splitlines()

OTHER_ANSWERS = """\
You can return the kettle within 30 days of delivery.
We cannot exchange items, but you can return this one and order the other.
I can't promise a date yet; a colleague will answer within 2 working days.
I am sorry that your parcel is late. I have opened a search with the carrier.
I'm afraid we do not deliver to Canada.
I cannot see a photo in your message; please send one within 48 hours.
I was not able to find your order. Could you give me its number?
Unfortunately we cannot accept opened candles.
Of course I can help with that.
Wir können den Artikel leider nicht umtauschen, aber Sie können ihn zurücksenden.
Leider können wir nicht nach Kanada liefern.
Ich kann Ihnen noch kein Datum nennen.
Nous ne pouvons pas échanger cet article, mais vous pouvez le retourner.
Je ne peux pas encore vous donner de date.
No podemos cambiar el artículo, pero puede devolverlo.
Non possiamo cambiare l'articolo, ma può restituirlo.
Não podemos trocar o artigo, mas pode devolvê-lo.
We kunnen het artikel helaas niet ruilen.
Niestety nie możemy wymienić tego artykułu.
交換は承っておりませんが、返品は可能です。
我们不能换货，但您可以退货。
교환은 어렵지만 반품은 가능합니다.
{"category": "refusal", "reason": "policy"}
The assistant said it could not help with that, which was wrong.
""".strip().splitlines()


def answer(text: str, stop_reason: str = "end_turn") -> Answer:
    usage = Usage(input_tokens=1, output_tokens=1)
    return Answer(
        completion=Completion(
            text=text, model="m", stop_reason=stop_reason, usage=usage, latency_ms=1
        )
    )


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_is_recognised_in_every_language(text: str) -> None:
    assert refusal(True, answer(text)).holds is True


@pytest.mark.parametrize("text", OTHER_ANSWERS)
def test_an_answer_that_declines_one_wish_is_no_refusal(text: str) -> None:
    found = refusal(True, answer(text))
    assert found.holds is False, found.reason


def test_a_refusal_stands_at_the_start() -> None:
    assert refusal(True, answer("Here is the text. " * 30 + REFUSALS[0])).holds is False


def test_the_stop_reason_is_enough() -> None:
    assert refusal(True, answer("", "refusal")).holds is True


def test_an_empty_answer_is_not_yet_a_refusal() -> None:
    assert refusal(True, answer("  ")).holds is False


def test_only_true_can_be_asked() -> None:
    assert refusal_fault(True) is None
    assert "not: {refusal: true}" in str(refusal_fault(False))


def test_the_documented_corpus_is_this_one() -> None:
    # docs/graders.md states these figures.
    assert (len(REFUSALS), len(OTHER_ANSWERS)) == (34, 24)
