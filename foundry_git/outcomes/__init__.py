"""What came of code: reports of test runs, and the tests in source code that they speak of."""
