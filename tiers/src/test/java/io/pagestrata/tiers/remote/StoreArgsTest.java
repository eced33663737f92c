// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What goes over the wire is byte for byte what the client library would make of the same. */
class StoreArgsTest {
  private static final int[] LENGTHS = {0, 1, 9, 10, 99, 100, 1360, 65_536 + 48};

  @Test
  void isWhatTheClientMakesOfTheSame() {
    CommandArgs<byte[], byte[]> plain = new CommandArgs<>(ByteArrayCodec.INSTANCE);
    StoreArgs ours = new StoreArgs(LENGTHS.length, 20, sum());
    for (int i = 0; i < LENGTHS.length; i++) {
      byte[] key = ("key-of-" + "x".repeat(i)).getBytes(StandardCharsets.US_ASCII);
      byte[] value = new byte[LENGTHS[i]];
      int start = ours.add(key, value.length);
      for (int j = 0; j < value.length; j++) {
        value[j] = (byte) (i + 7 * j);
        ours.memory().put(start + j, value[j]);
      }
      plain.addKey(key).addValue(value);
    }
    assertThat(encoded(ours)).isEqualTo(encoded(plain));
    assertThat(encoded(ours)).as("encoded once more").isEqualTo(encoded(plain));
  }

  private static int sum() {
    int sum = 0;
    for (int length : LENGTHS) {
      sum += length;
    }
    return sum;
  }

  private static ByteBuf encoded(CommandArgs<byte[], byte[]> args) {
    ByteBuf wire = Unpooled.buffer();
    new Command<>(CommandType.MSET, new StatusOutput<>(ByteArrayCodec.INSTANCE), args).encode(wire);
    return wire;
  }
}
