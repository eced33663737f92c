// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.testing;

import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.CodecException;
import io.pagestrata.core.codec.PageCodec;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two codecs without a library: one copies, one leaves out the run of equal bytes at the end. Their
 * contexts fail when two threads use one at once or one is used after it was closed.
 */
public final class FakeCodecs {
  private FakeCodecs() {}

  /** The codec with id 0: the payload is the page. */
  public static Fake none() {
    return new Fake(PageCodec.NONE_ID, "none", false);
  }

  /**
   * The payload is the repeated last byte, which no codec of another id reads right, then the page
   * without its tail.
   */
  public static Fake trimming(int id) {
    return new Fake(id, "trimming-" + id, true);
  }

  /** A codec that counts its contexts and the pages it compressed. */
  public static final class Fake implements PageCodec {
    public final AtomicInteger openContexts = new AtomicInteger();
    public final AtomicInteger compressions = new AtomicInteger();
    private final int id;
    private final String name;
    private final boolean trims;

    private Fake(int id, String name, boolean trims) {
      this.id = id;
      this.name = name;
      this.trims = trims;
    }

    @Override
    public int id() {
      return id;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public CodecContext newContext() {
      openContexts.incrementAndGet();
      return new Context(this);
    }
  }

  private static final class Context implements CodecContext {
    private final Fake codec;
    private final AtomicBoolean busy = new AtomicBoolean();
    private boolean closed;

    Context(Fake codec) {
      this.codec = codec;
    }

    private void enter() {
      if (!busy.compareAndSet(false, true)) {
        throw new AssertionError("two threads use one codec context");
      }
      if (closed) {
        throw new AssertionError("a closed codec context is used");
      }
    }

    @Override
    public int codecFor(int pool) {
      return codec.id();
    }

    @Override
    public int compress(
        ByteBuffer source, int from, int bytes, ByteBuffer target, int to, int capacity) {
      enter();
      codec.compressions.incrementAndGet();
      try {
        if (!codec.trims) {
          target.put(to, source, from, bytes);
          return bytes;
        }
        byte tail = source.get(from + bytes - 1);
        int kept = bytes;
        while (kept > 0 && source.get(from + kept - 1) == tail) {
          kept--;
        }
        if (kept + 1 > capacity) {
          return DOES_NOT_FIT;
        }
        target.put(to, (byte) (tail ^ codec.id));
        target.put(to + 1, source, from, kept);
        return kept + 1;
      } finally {
        busy.set(false);
      }
    }

    @Override
    public void decompress(
        ByteBuffer payload, int from, int bytes, ByteBuffer target, int to, int pageBytes)
        throws CodecException {
      enter();
      try {
        byte tail = (byte) (payload.get(from) ^ codec.id);
        int kept = codec.trims ? bytes - 1 : bytes;
        if (kept < 0 || kept > pageBytes || !codec.trims && kept != pageBytes) {
          throw new CodecException("payload of " + bytes + " bytes is no page", null);
        }
        target.put(to, payload, codec.trims ? from + 1 : from, kept);
        for (int i = kept; i < pageBytes; i++) {
          target.put(to + i, tail);
        }
      } finally {
        busy.set(false);
      }
    }

    @Override
    public void close() {
      enter();
      closed = true;
      busy.set(false);
      codec.openContexts.decrementAndGet();
    }
  }
}
