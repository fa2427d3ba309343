"""The read side: opens a bundle and answers questions with cited passages."""
