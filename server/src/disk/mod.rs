//! The file system beyond the standard library: text that is safe to read, and writing that is whole or not at all.
//! Whatever is written stands beside its place first.

mod beside;
mod new_file;
mod parents;
mod private_file;
mod read;
mod replace_directory;
mod replace_file;
mod rights;
mod shown;

pub(crate) use new_file::write_new;
pub(crate) use parents::{Parents, resolve};
pub(crate) use private_file::{keep_private, make_private, open_unlinked};
#[cfg(test)]
pub(crate) use read::SIZE_LIMIT;
pub(crate) use read::text;
pub(crate) use replace_directory::{NotReplaced, replace_directory};
pub(crate) use replace_file::replace_file;
pub(crate) use shown::{reason, relative, shell_word};
