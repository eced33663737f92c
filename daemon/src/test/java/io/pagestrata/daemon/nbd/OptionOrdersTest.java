// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options in any order, any number of times: each answer depends on what was agreed on alone. */
class OptionOrdersTest {
  private static final int SESSIONS = 200;
  private static final int[] OPTIONS = {
    NbdProtocol.OPT_LIST,
    NbdProtocol.OPT_STARTTLS,
    NbdProtocol.OPT_INFO,
    NbdProtocol.OPT_GO,
    NbdProtocol.OPT_STRUCTURED_REPLY,
    NbdProtocol.OPT_LIST_META_CONTEXT,
    NbdProtocol.OPT_SET_META_CONTEXT,
    4, // PEEK_EXPORT, which nobody has
    11, // EXTENDED_HEADERS, which newer clients try first
    0x7fff_ffff
  };

  /** What a session has agreed on so far. */
  private static final class Agreed {
    boolean structured;
    String contextOf = "";
    String attached = "";

    int answer(int option, String export) {
      boolean known = export.equals("disk") || export.equals("other");
      int found = known ? NbdProtocol.REP_ACK : NbdProtocol.REP_ERR_UNKNOWN;
      switch (option) {
        case NbdProtocol.OPT_LIST, NbdProtocol.OPT_LIST_META_CONTEXT, NbdProtocol.OPT_INFO -> {
          return option == NbdProtocol.OPT_LIST ? NbdProtocol.REP_ACK : found;
        }
        case NbdProtocol.OPT_STRUCTURED_REPLY -> {
          structured = true;
          return NbdProtocol.REP_ACK;
        }
        case NbdProtocol.OPT_SET_META_CONTEXT -> {
          contextOf = structured && known ? export : "";
          return structured ? found : NbdProtocol.REP_ERR_INVALID;
        }
        case NbdProtocol.OPT_GO -> {
          attached = known ? export : "";
          return found;
        }
        case NbdProtocol.OPT_STARTTLS -> {
          return NbdProtocol.REP_ERR_POLICY;
        }
        default -> {
          return NbdProtocol.REP_ERR_UNSUP;
        }
      }
    }
  }

  private static byte[] data(int option, String export, Random random) {
    return switch (option) {
      case NbdProtocol.OPT_INFO, NbdProtocol.OPT_GO -> TestClient.goData(export);
      case NbdProtocol.OPT_LIST_META_CONTEXT, NbdProtocol.OPT_SET_META_CONTEXT ->
          HandshakeTest.metaData(export, "x:y", NbdProtocol.ALLOCATION_CONTEXT);
      case NbdProtocol.OPT_LIST, NbdProtocol.OPT_STRUCTURED_REPLY, NbdProtocol.OPT_STARTTLS ->
          new byte[0];
      default -> new byte[random.nextInt(5000)];
    };
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyOptionIsAnsweredByWhatWasAgreedOn(long seed) {
    Random random = new Random(seed);
    int attached = 0;
    try (EmbeddedServer server = new EmbeddedServer()) {
      for (int i = 0; i < SESSIONS; i++) {
        EmbeddedSession session = server.connect();
        Agreed agreed = new Agreed();
        for (int step = 0; step < 20 && agreed.attached.isEmpty(); step++) {
          int option = OPTIONS[random.nextInt(OPTIONS.length)];
          String export = new String[] {"disk", "other", "absent"}[random.nextInt(3)];
          assertThat(session.ask(option, data(option, export, random)))
              .as("seed %d, session %d, step %d: option %d %s", seed, i, step, option, export)
              .isEqualTo(agreed.answer(option, export));
        }
        if (!agreed.attached.isEmpty()) {
          attached++;
          assertTransmission(server, session, agreed);
        }
      }
    }
    assertThat(attached).isGreaterThan(SESSIONS / 2);
  }

  private static void assertTransmission(
      EmbeddedServer server, EmbeddedSession session, Agreed agreed) {
    session.request(NbdProtocol.CMD_BLOCK_STATUS, 1, 0, 4096);
    server.readers.runAll();
    ByteBuffer answered = ByteBuffer.wrap(session.answered());
    if (!agreed.structured) {
      assertThat(answered.getInt()).isEqualTo(NbdProtocol.SIMPLE_REPLY_MAGIC);
      assertThat(answered.getInt()).isEqualTo(NbdProtocol.EINVAL);
      return;
    }
    boolean allowed = agreed.contextOf.equals(agreed.attached);
    assertThat(answered.getInt()).isEqualTo(NbdProtocol.STRUCTURED_REPLY_MAGIC);
    assertThat(answered.getShort(6) & 0xffff)
        .isEqualTo(allowed ? NbdProtocol.CHUNK_BLOCK_STATUS : NbdProtocol.CHUNK_ERROR);
  }
}
