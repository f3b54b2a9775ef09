//! Sockets that Python gives to the server: descriptors as messages of a socket between the two, so that each has one
//! owner at any time.

use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use tokio::io::Interest;

/// What a socket is, by the byte that comes with it.
pub enum Given {
    /// A listener: the server accepts its connections.
    Listener(std::net::TcpListener),
    /// A connection, with nothing read of its next request.
    Connection(std::net::TcpStream),
}

/// The server's end of the channel.
pub struct Channel {
    stream: tokio::net::UnixStream,
}

impl Channel {
    /// Within a runtime. Fails as the operating system does.
    pub fn new(stream: UnixStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self { stream: tokio::net::UnixStream::from_std(stream)? })
    }

    /// The next socket; None once Python has closed its end.
    pub async fn next(&self) -> io::Result<Option<Given>> {
        loop {
            let Some((kind, descriptor)) = self.stream.async_io(Interest::READABLE, || self.receive()).await? else {
                return Ok(None);
            };
            match (kind, descriptor) {
                (b'l', Some(descriptor)) => return Ok(Some(Given::Listener(descriptor.into()))),
                (b'c', Some(descriptor)) => return Ok(Some(Given::Connection(descriptor.into()))),
                _ => {}
            }
        }
    }

    fn receive(&self) -> io::Result<Option<(u8, Option<OwnedFd>)>> {
        let mut kind = [0];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let read = recvmsg(&self.stream, &mut [IoSliceMut::new(&mut kind)], &mut control, RecvFlags::CMSG_CLOEXEC)?;
        if read.bytes == 0 {
            return Ok(None);
        }
        let mut descriptor = None;
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(descriptors) = message {
                descriptor = descriptors.last();
            }
        }
        let [kind] = kind;
        Ok(Some((kind, descriptor)))
    }
}
