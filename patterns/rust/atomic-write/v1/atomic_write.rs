use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

/// Replaces the contents of the file at `path`, all or nothing.
///
/// Readers, and a machine that loses power half-way, see either the old contents
/// or the new ones. An existing file keeps its permissions, and a symbolic link to
/// one stays: its target is replaced. The folder must exist and be writable.
///
/// # Errors
///
/// Whatever the file system reports; `path` is then as it was, unless only the
/// last step failed, which makes the new name survive a loss of power.
pub fn atomic_write(path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> io::Result<()> {
    let target = match fs::canonicalize(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.as_ref().to_path_buf(),
        found => found?,
    };
    // In the same folder, because a rename does not cross file systems.
    let (mut file, temporary) = create_beside(&target)?;
    let written = write_and_sync(&mut file, &target, contents.as_ref());
    drop(file); // Windows does not rename an open file
    if let Err(error) = written.and_then(|()| fs::rename(&temporary, &target)) {
        let _ = fs::remove_file(&temporary); // the first error says more
        return Err(error);
    }
    sync_folder(&target)
}

fn write_and_sync(file: &mut File, target: &Path, contents: &[u8]) -> io::Result<()> {
    if let Ok(existing) = fs::metadata(target) {
        file.set_permissions(existing.permissions())?;
    }
    file.write_all(contents)?;
    file.sync_all() // before the rename, or it may point to an empty file
}

/// Creates a file that nobody else uses, next to `target`.
fn create_beside(target: &Path) -> io::Result<(File, PathBuf)> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let name = target
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"))?;
    loop {
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        let mut temporary = name.to_os_string();
        temporary.push(format!(".{}-{count}.tmp", process::id()));
        let temporary = target.with_file_name(temporary);
        let created = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&temporary);
        match created {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {} // of a dead process
            file => return Ok((file?, temporary)),
        }
    }
}

#[cfg(unix)]
fn sync_folder(target: &Path) -> io::Result<()> {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

#[cfg(not(unix))]
fn sync_folder(_target: &Path) -> io::Result<()> {
    Ok(()) // folders cannot be synced here
}
