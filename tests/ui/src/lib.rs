//! Nothing: the cases are in `fail` and `pass`, and the files of `tests` run them. `shared` has the rest of an app.
