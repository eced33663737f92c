// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.memory;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;

/** The memory calls of the C library; sizes are Java longs, so 64-bit systems only. */
interface LibC extends Library {
  int PROT_READ_WRITE = 0x3;

  /** MAP_PRIVATE, MAP_ANONYMOUS, MAP_NORESERVE; numbers differ between systems. */
  int MAP_FLAGS_LINUX = 0x02 | 0x20 | 0x4000;

  int MAP_FLAGS_MACOS = 0x02 | 0x1000 | 0x40;
  int MADV_DONTNEED = 4;
  int MADV_HUGEPAGE = 14;

  /** On macOS MADV_DONTNEED keeps the pages, this one lets them go. */
  int MADV_FREE_MACOS = 5;

  Pointer mmap(Pointer address, long length, int protection, int flags, int file, long offset)
      throws LastErrorException;

  int munmap(Pointer address, long length) throws LastErrorException;

  int madvise(Pointer address, long length, int advice) throws LastErrorException;

  /** The calls of this system, or null where the numbers above are not known to be right. */
  static LibC ofThisSystem() {
    boolean known = Platform.isLinux() && !Platform.isMIPS() || Platform.isMac();
    return known && Platform.is64Bit() ? Native.load(Platform.C_LIBRARY_NAME, LibC.class) : null;
  }
}
