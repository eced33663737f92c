// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PutOutcome;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The ways in which a caller may hand a page over, and take one. */
public enum PageBuffers {
  /** A byte array that is larger than the page, from an odd offset. */
  ARRAY {
    @Override
    public PutOutcome put(PageStore store, Pool pool, long object, int index, byte[] page) {
      byte[] roomy = surrounded(page);
      PutOutcome outcome = store.put(pool, object, index, roomy, GUARD);
      assertGuards(roomy, page.length);
      Arrays.fill(roomy, (byte) 0x11);
      return outcome;
    }

    @Override
    public byte[] get(PageStore store, Pool pool, long object, int index, int pageBytes) {
      byte[] roomy = surrounded(new byte[pageBytes]);
      boolean found = store.get(pool, object, index, roomy, GUARD);
      return taken(roomy, pageBytes, found);
    }

    @Override
    public byte[] take(PageStore store, Pool pool, long object, int index, int pageBytes) {
      byte[] roomy = surrounded(new byte[pageBytes]);
      boolean found = store.take(pool, object, index, roomy, GUARD);
      return taken(roomy, pageBytes, found);
    }

    private byte[] taken(byte[] roomy, int pageBytes, boolean found) {
      assertGuards(roomy, pageBytes);
      return found ? Arrays.copyOfRange(roomy, GUARD, GUARD + pageBytes) : null;
    }
  },
  /** A heap buffer whose position is not zero. */
  HEAP {
    @Override
    ByteBuffer buffer(int bytes) {
      return ByteBuffer.allocate(bytes);
    }
  },
  /** A direct buffer whose position is not zero. */
  DIRECT {
    @Override
    ByteBuffer buffer(int bytes) {
      return ByteBuffer.allocateDirect(bytes);
    }
  },
  /** A slice of a heap buffer: its array begins before its first byte. */
  HEAP_SLICE {
    @Override
    ByteBuffer buffer(int bytes) {
      return ByteBuffer.allocate(bytes + 100).slice(77, bytes);
    }
  },
  /** Pages to put come from a read-only heap buffer, which shows no array. */
  READ_ONLY {
    @Override
    ByteBuffer buffer(int bytes) {
      return ByteBuffer.allocate(bytes);
    }

    @Override
    ByteBuffer source(ByteBuffer buffer) {
      return buffer.asReadOnlyBuffer().position(buffer.position()).limit(buffer.limit());
    }
  };

  private static final int GUARD = 13;
  private static final byte CANARY = (byte) 0xA5;

  ByteBuffer buffer(int bytes) {
    throw new UnsupportedOperationException();
  }

  ByteBuffer source(ByteBuffer buffer) {
    return buffer;
  }

  /** Puts a page, checks that the buffer is as it was, and spoils it right after (hazard H15). */
  public PutOutcome put(PageStore store, Pool pool, long object, int index, byte[] page) {
    ByteBuffer roomy = guarded(page.length);
    roomy.put(GUARD, page);
    PutOutcome outcome = store.put(pool, object, index, source(roomy));
    assertUntouched(roomy, page.length);
    for (int i = 0; i < page.length; i++) {
      roomy.put(GUARD + i, (byte) 0x11);
    }
    return outcome;
  }

  /** The page, or null when it is absent. */
  public byte[] get(PageStore store, Pool pool, long object, int index, int pageBytes) {
    ByteBuffer roomy = guarded(pageBytes);
    return taken(roomy, pageBytes, store.get(pool, object, index, roomy));
  }

  /** The page, now removed, or null when it was absent. */
  public byte[] take(PageStore store, Pool pool, long object, int index, int pageBytes) {
    ByteBuffer roomy = guarded(pageBytes);
    return taken(roomy, pageBytes, store.take(pool, object, index, roomy));
  }

  private ByteBuffer guarded(int pageBytes) {
    ByteBuffer roomy = buffer(pageBytes + 2 * GUARD);
    for (int i = 0; i < roomy.capacity(); i++) {
      roomy.put(i, CANARY);
    }
    return roomy.position(GUARD);
  }

  private static byte[] taken(ByteBuffer roomy, int pageBytes, boolean found) {
    assertUntouched(roomy, pageBytes);
    if (!found) {
      return null;
    }
    byte[] page = new byte[pageBytes];
    roomy.get(GUARD, page);
    return page;
  }

  private static void assertUntouched(ByteBuffer roomy, int pageBytes) {
    if (roomy.position() != GUARD || roomy.limit() != roomy.capacity()) {
      throw new AssertionError("position or limit changed: " + roomy);
    }
    byte[] all = new byte[roomy.capacity()];
    roomy.get(0, all);
    assertGuards(all, pageBytes);
  }

  private static byte[] surrounded(byte[] page) {
    byte[] roomy = new byte[page.length + 2 * GUARD];
    Arrays.fill(roomy, CANARY);
    System.arraycopy(page, 0, roomy, GUARD, page.length);
    return roomy;
  }

  private static void assertGuards(byte[] roomy, int pageBytes) {
    for (int i = 0; i < GUARD; i++) {
      if (roomy[i] != CANARY || roomy[GUARD + pageBytes + i] != CANARY) {
        throw new AssertionError("bytes beside the page were changed");
      }
    }
  }
}
