// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Views are made once for each buffer, however many there are. */
class MemoryViewsTest {
  private static List<ByteBuffer> memories(int count) {
    List<ByteBuffer> memories = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      memories.add(ByteBuffer.allocateDirect(8).putInt(0, i));
    }
    return memories;
  }

  @Test
  void eachBufferHasOneViewOfItsOwn() {
    MemoryViews views = new MemoryViews();
    List<ByteBuffer> memories = memories(1000);
    List<ByteBuffer> first = memories.stream().map(views::of).toList();
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      int which = random.nextInt(memories.size());
      ByteBuffer view = views.of(memories.get(which));
      assertThat(view).isSameAs(first.get(which)).isNotSameAs(memories.get(which));
      assertThat(view.getInt(0)).isEqualTo(which);
    }
  }

  @Test
  void buffersThatComeForEverAreForgottenInTime() {
    MemoryViews views = new MemoryViews();
    for (int i = 0; i < 10_000; i++) {
      ByteBuffer memory = ByteBuffer.allocate(8).putInt(0, i);
      assertThat(views.of(memory).getInt(0)).isEqualTo(i);
      assertThat(views.of(memory)).isSameAs(views.of(memory));
    }
  }

  @Test
  void whatWasForgottenIsMadeAnew() {
    MemoryViews views = new MemoryViews();
    ByteBuffer memory = memories(1).get(0);
    ByteBuffer view = views.of(memory);
    views.clear();
    assertThat(views.of(memory)).isNotSameAs(view);
  }
}
