// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import io.pagestrata.tiers.file.ForwardingFiles;
import io.pagestrata.tiers.file.ForwardingFiles.ForwardingFile;
import io.pagestrata.tiers.file.SegmentFile;
import io.pagestrata.tiers.file.SegmentFiles;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A disk below a whole store that fails from its k-th read or write on until it is healed.
 * Thread-safe; {@code this} guards the plan.
 */
public final class FailingDisk {
  /** What goes wrong. */
  public enum Fault {
    /** The disk is full: a write takes nothing, a new file cannot be made. */
    NO_SPACE,
    /** Each write takes a part of what it was given, and the next one fails: a torn write. */
    SHORT_WRITE,
    /** The medium takes no write. */
    WRITE_ERROR,
    /** The medium gives no byte back. */
    READ_ERROR
  }

  private Fault fault;
  private long first = Long.MAX_VALUE;
  private long operations;
  private long failures;
  private boolean lastWasShort;
  private Runnable beforeWrite = () -> {};
  private Runnable beforeRead = () -> {};

  public SegmentFiles below(SegmentFiles files) {
    return new Files(files);
  }

  /** Lets everything from the k-th operation of the kind on fail; the first is number 1. */
  public synchronized void failFrom(Fault what, long k) {
    fault = what;
    first = operations + k;
  }

  public synchronized void heal() {
    fault = null;
    first = Long.MAX_VALUE;
  }

  /** Runs something on the writing thread before each write, such as a wait. */
  public synchronized void beforeWrite(Runnable step) {
    beforeWrite = step;
  }

  /** Runs something on the reading thread before each read, such as a wait. */
  public synchronized void beforeRead(Runnable step) {
    beforeRead = step;
  }

  /** Operations of the kind that shall fail, counted from the first plan on. */
  public synchronized long operations() {
    return operations;
  }

  /** How often it failed. */
  public synchronized long failures() {
    return failures;
  }

  private synchronized Runnable beforeRead() {
    return beforeRead;
  }

  private synchronized Runnable beforeWrite() {
    return beforeWrite;
  }

  private synchronized void read() throws IOException {
    if (fault == Fault.READ_ERROR && ++operations >= first) {
      failures++;
      throw new IOException("Input/output error");
    }
  }

  /** How many bytes of a write the disk takes. */
  private synchronized int write(int bytes) throws IOException {
    if (fault == null || fault == Fault.READ_ERROR || ++operations < first) {
      return bytes;
    }
    failures++;
    if (fault == Fault.SHORT_WRITE && !lastWasShort && bytes > 1) {
      lastWasShort = true;
      return bytes / 2;
    }
    lastWasShort = false;
    throw new IOException(
        fault == Fault.WRITE_ERROR ? "Input/output error" : "No space left on device");
  }

  private synchronized void create() throws IOException {
    if (fault == Fault.NO_SPACE && operations >= first) {
      failures++;
      throw new IOException("No space left on device");
    }
  }

  private final class Files extends ForwardingFiles {
    Files(SegmentFiles files) {
      super(files);
    }

    @Override
    public SegmentFile create(String name) throws IOException {
      FailingDisk.this.create();
      return super.create(name);
    }

    @Override
    protected SegmentFile wrapped(SegmentFile file, String name) {
      return new File(file);
    }
  }

  private final class File extends ForwardingFile {
    File(SegmentFile file) {
      super(file);
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      beforeRead().run();
      FailingDisk.this.read();
      return super.read(target, offset);
    }

    @Override
    public int write(ByteBuffer source, long offset) throws IOException {
      beforeWrite().run();
      int bytes = FailingDisk.this.write(source.remaining());
      int limit = source.limit();
      source.limit(source.position() + bytes);
      try {
        return super.write(source, offset);
      } finally {
        source.limit(limit);
      }
    }
  }
}
