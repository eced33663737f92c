// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who takes no byte of its replies is disconnected; who is slow or silent is not. */
class StallWatchTest {
  private static final Duration LOOK = EmbeddedServer.STALL.dividedBy(StallWatch.LOOKS_PER_TIMEOUT);
  private static final int READ_BYTES = 1 << 20;

  private final EmbeddedServer server = new EmbeddedServer();

  @AfterEach
  void close() {
    server.close();
    assertThat(server.inFlight.bytes()).isZero();
  }

  private EmbeddedSession deaf() {
    EmbeddedSession session = server.attached("disk");
    session.stopReading();
    session.request(NbdProtocol.CMD_READ, 1, 0, READ_BYTES);
    server.readers.runAll();
    session.runPendingTasks();
    assertThat(server.inFlight.bytes()).isGreaterThanOrEqualTo(READ_BYTES);
    return session;
  }

  @Test
  void whoNeverReadsLosesTheConnectionAndItsShare() {
    EmbeddedSession session = deaf();
    session.pass(EmbeddedServer.STALL);
    assertThat(session.isOpen()).as("the first look starts the time").isTrue();
    session.pass(LOOK);
    assertThat(session.isOpen()).isFalse();
    assertThat(server.inFlight.bytes()).isZero();
  }

  @Test
  void moreRepliesBehindTheFirstAreNoProgress() {
    EmbeddedSession session = deaf();
    for (int look = 0; look <= StallWatch.LOOKS_PER_TIMEOUT; look++) {
      assertThat(session.isOpen()).isTrue();
      session.request(NbdProtocol.CMD_READ, look, 0, 4096);
      session.pass(LOOK);
    }
    assertThat(session.isOpen()).isFalse();
  }

  @Test
  void oneByteNowAndThenIsEnough() {
    EmbeddedSession session = deaf();
    for (int i = 0; i < 20; i++) {
      session.pass(EmbeddedServer.STALL.minus(LOOK));
      session.takeOneByte();
    }
    assertThat(session.isOpen()).isTrue();
    session.pass(EmbeddedServer.STALL.plus(LOOK));
    assertThat(session.isOpen()).isFalse();
  }

  @Test
  void whoIsOwedNothingMayBeSilentForEver() {
    EmbeddedSession session = server.attached("disk");
    session.request(NbdProtocol.CMD_READ, 1, 0, 4096);
    session.pass(Duration.ofDays(100));
    assertThat(session.isOpen()).isTrue();
    session.answered();
    session.request(NbdProtocol.CMD_READ, 1, 0, 4096);
    assertThat(session.answered()).hasSize(NbdProtocol.SIMPLE_REPLY_BYTES + 4096);
  }

  @Test
  void whatTheServerIsSlowWithIsNotTheClientsFault() {
    EmbeddedSession session = server.attached("disk");
    session.request(NbdProtocol.CMD_READ, 1, 0, READ_BYTES);
    session.pass(Duration.ofDays(1));
    assertThat(session.isOpen()).isTrue();
    server.readers.runAll();
    assertThat(session.answered()).hasSize(NbdProtocol.SIMPLE_REPLY_BYTES + READ_BYTES);
  }
}
