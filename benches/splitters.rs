//! Events out of byte streams: `cargo bench --bench splitters`.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use litellm_rust::transport::event_stream::FrameSplitter;
use litellm_rust::transport::sse::SseSplitter;

const EVENTS: usize = 1_000;

fn server_sent(criterion: &mut Criterion) {
    let event = br#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"hi"}}]}"#;
    let stream = [event.as_slice(), b"\n\n"].concat().repeat(EVENTS);
    let mut group = criterion.benchmark_group("splitters");
    group.throughput(Throughput::Elements(EVENTS as u64));
    group.bench_function("server-sent events, in reads of 4 KiB", |bencher| {
        bencher.iter(|| {
            let (mut splitter, mut count) = (SseSplitter::new(1 << 20), 0);
            for piece in stream.chunks(4096) {
                let fits = splitter.feed(black_box(piece)).is_ok();
                while fits && splitter.next_event().is_some() {
                    count += 1;
                }
            }
            count
        });
    });
    let frames = frame(b"\x0b:event-type\x07\x00\x05chunk", event).repeat(EVENTS);
    group.bench_function("event-stream frames, in reads of 4 KiB", |bencher| {
        bencher.iter(|| {
            let (mut splitter, mut count) = (FrameSplitter::new(1 << 20), 0);
            for piece in frames.chunks(4096) {
                splitter.feed(black_box(piece));
                while let Ok(Some(_)) = splitter.next_frame() {
                    count += 1;
                }
            }
            count
        });
    });
    group.finish();
}

fn frame(headers: &[u8], payload: &[u8]) -> Vec<u8> {
    let total = (16 + headers.len() + payload.len()) as u32;
    let mut frame = [total.to_be_bytes(), (headers.len() as u32).to_be_bytes()].concat();
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame.extend([headers, payload].concat());
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame
}

criterion_group!(benches, server_sent);
criterion_main!(benches);
