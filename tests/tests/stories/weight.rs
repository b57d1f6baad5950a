//! What the server's memory bears: connections that stay, and people who come in the morning.

use protocol::Refusal;
use tests::{Centre, process};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_connection_that_stays_weighs_little() {
    const CONNECTIONS: usize = 200;
    let centre = Centre::open().await;
    let address = centre.origin().trim_start_matches("http://").to_owned();
    let before = process::mebibytes(centre.process(), "VmRSS");
    let mut held = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut stream = TcpStream::connect(&address).await.expect("the server listens");
        stream.write_all(b"GET /api/v1/setup HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("sent");
        let mut first = [0; 12];
        stream.read_exact(&mut first).await.expect("an answer");
        assert_eq!(&first, b"HTTP/1.1 200");
        held.push(stream);
    }
    let more = process::mebibytes(centre.process(), "VmRSS") - before;
    println!("{CONNECTIONS} connections weigh {more:.1} MiB");
    assert!(more < 24.0, "{CONNECTIONS} connections weigh {more:.1} MiB");
}

#[tokio::test]
async fn signing_in_leaves_no_weight_behind() {
    let centre = Centre::open().await;
    let before = process::mebibytes(centre.process(), "VmRSS");
    for number in 0..24 {
        let body = format!(r#"{{"name":"nobody-{number}","password":"not-the-password"}}"#);
        centre.nobody().post_text("/api/v1/session", body).await.must_be(Refusal::WrongPassword);
    }
    let more = process::mebibytes(centre.process(), "VmRSS") - before;
    println!("24 people who sign in leave {more:.1} MiB");
    assert!(more < 16.0, "24 people who sign in leave {more:.1} MiB");
}
