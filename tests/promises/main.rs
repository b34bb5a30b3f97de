//! The promises on security, each with its test.
