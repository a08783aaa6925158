//! Three witnesses on loopback, each with a state of its own; any of them can be down for a while.

use crate::recovery::program::own_port;
use lotbook_chain::{CosignerKey, Policy, SigningKey, VerifierKey};
use lotbook_tlog::serve::serve_on;
use lotbook_tlog::witness::{Witness, WitnessStateError, router, system_clock};
use std::net::SocketAddr;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How many there are.
pub const WITNESSES: usize = 3;

pub struct Three {
    log: VerifierKey,
    places: Vec<Place>,
}

struct Place {
    name: String,
    seed: [u8; 32],
    state: TempDir,
    address: SocketAddr,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Three {
    /// Three witnesses that know a log; all of them are down.
    pub fn down(log: &VerifierKey) -> Self {
        let mut places = vec![];
        for n in 0..WITNESSES {
            let address = ([127, 0, 0, 1], own_port()).into();
            let (name, seed) = (format!("w{n}.example"), [0x40 + n as u8; 32]);
            places.push(Place { name, seed, state: tempfile::tempdir().unwrap(), address, running: None });
        }
        Self { log: log.clone(), places }
    }

    pub async fn start(&mut self, n: usize) {
        let place = &mut self.places[n];
        let witness = Arc::new(place.witness(&self.log));
        let listener = TcpListener::bind(place.address).await.unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = serve_on(listener, router(witness), async {
            stopped.await.ok();
        });
        place.running = Some((stop, tokio::spawn(serving)));
    }

    pub async fn stop(&mut self, n: usize) {
        if let Some((stop, serving)) = self.places[n].running.take() {
            stop.send(()).ok();
            serving.await.unwrap();
        }
    }

    pub async fn stop_all(&mut self) {
        for n in 0..WITNESSES {
            self.stop(n).await;
        }
    }

    /// Opens a witness's state without a socket; it must be down.
    pub fn open(&self, n: usize) -> Witness {
        self.places[n].witness(&self.log)
    }

    /// Two of the three must agree.
    pub fn policy(&self) -> Policy {
        let mut text = String::new();
        for (n, place) in self.places.iter().enumerate() {
            text += &format!("witness w{n} {} http://{}\n", place.key(), place.address);
        }
        text += "group two 2 w0 w1 w2\nquorum two\n";
        text.parse().unwrap()
    }
}

impl Place {
    fn witness(&self, log: &VerifierKey) -> Witness {
        loop {
            let secret = SigningKey::from_seed(&self.seed);
            match Witness::open(self.state.path(), &self.name, secret, vec![log.clone()], system_clock()) {
                Ok(witness) => return witness,
                // Another test may be starting a process at this moment, which holds the lock until it executes.
                Err(WitnessStateError::Busy(_)) => std::thread::yield_now(),
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn key(&self) -> CosignerKey {
        CosignerKey::new(&self.name, SigningKey::from_seed(&self.seed).public()).unwrap()
    }
}
