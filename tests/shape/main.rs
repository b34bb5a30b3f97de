//! The shape of the code: which module imports which, no rings of files, and what is named in one place only.

mod imports;
mod modules;
mod places;
mod rings;
mod source;
