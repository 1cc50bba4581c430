"""The bounded memory of attempts."""

import unittest

from skein._agent.attempt import Attempt
from skein._agent.attempt_book import MEMORY_S, AttemptBook
from skein._agent.steps import heartbeat, result


def answer(attempt: Attempt, text: str = "done") -> Attempt:
    attempt.say(result(text, 0, 0))
    return attempt


class AttemptBookTest(unittest.TestCase):
    def setUp(self) -> None:
        self.now_s = 0.0
        self.book = AttemptBook(max_remembered=2, max_remembered_bytes=100, now=lambda: self.now_s)

    def test_b1_a_key_that_is_known_is_that_attempt(self) -> None:
        attempt, is_new = self.book.take("a")
        self.assertTrue(is_new)
        self.assertEqual(self.book.take("a"), (attempt, False))
        answer(attempt)
        self.assertEqual(self.book.take("a"), (attempt, False))
        self.assertEqual(list(self.book.working), [])

    def test_b1_no_key_is_never_known(self) -> None:
        first, _ = self.book.take("")
        second, is_new = self.book.take("")
        self.assertTrue(is_new)
        self.assertIsNot(first, second)
        answer(first)
        self.assertEqual(list(self.book.working), [second])

    def test_b2_the_latest_are_remembered_by_number_size_and_age(self) -> None:
        for key in "abc":
            answer(self.book.take(key)[0])
        self.assertEqual([self.book.take(key)[1] for key in "cb"], [False, False])
        answer(self.book.take("d")[0], "x" * 90)
        self.assertEqual([self.book.take(key)[1] for key in "db"], [False, True])
        self.now_s += MEMORY_S
        self.assertTrue(self.book.take("d")[1])

    def test_b2_one_at_work_is_never_forgotten(self) -> None:
        working, _ = self.book.take("w")
        for key in "abcdef":
            answer(self.book.take(key)[0])
        self.now_s += 2 * MEMORY_S
        self.assertEqual(self.book.take("w"), (working, False))

    def test_b3_an_aborted_one_is_forgotten(self) -> None:
        attempt, _ = self.book.take("a")
        attempt.abort("enough")
        again, is_new = self.book.take("a")
        self.assertTrue(is_new)
        self.assertIsNot(again, attempt)

    def test_t2_nothing_is_said_after_the_end(self) -> None:
        attempt = answer(self.book.take("a")[0])
        answer(attempt, "again")
        attempt.abort("late")
        self.assertEqual(len(attempt.steps), 1)
        self.assertFalse(attempt.is_aborted)

    def test_t3_of_heartbeats_the_latest_keeps_its_details(self) -> None:
        attempt, _ = self.book.take("a")
        for page in (1, 2):
            attempt.say(heartbeat({"page": page}))
        self.assertEqual([step.heartbeat.HasField("resume_details") for step in attempt.steps], [False, True])


if __name__ == "__main__":
    unittest.main()
