//! How a person stops a run.

use tokio::sync::watch;

/// Stops a run; cheap to clone.
#[derive(Debug, Clone)]
pub struct CancelHandle(watch::Sender<bool>);

/// What a run looks at; cheap to clone.
#[derive(Debug, Clone)]
pub struct Cancel(watch::Receiver<bool>);

impl CancelHandle {
    /// Asks for the run to stop: the statement that runs is cancelled on the server, its step is rolled back.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }
}

impl Cancel {
    /// Returns both ends.
    pub fn new() -> (CancelHandle, Self) {
        let (sender, receiver) = watch::channel(false);
        (CancelHandle(sender), Self(receiver))
    }

    /// Returns what never stops a run.
    pub fn never() -> Self {
        Self::new().1
    }

    /// Says whether somebody asked for it.
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns when somebody asks for it, if ever.
    pub async fn cancelled(&self) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|cancelled| *cancelled).await.is_err() {
            // Nobody is left who could ask.
            std::future::pending::<()>().await;
        }
    }
}
