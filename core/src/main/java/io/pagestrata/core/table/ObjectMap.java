// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Map from object to tree: open addressing, read without lock or allocation, changed under the
 * map's monitor.
 *
 * <p>A removed tree leaves a grave that keeps probe sequences whole until the next rehash. A key is
 * written before its tree is published and never changes in place.
 */
final class ObjectMap {
  private static final int FIRST_SLOTS = 8;
  private static final VarHandle TREE = MethodHandles.arrayElementVarHandle(ObjectTree[].class);

  /** Stands where a removed tree was. */
  private static final ObjectTree GRAVE = new ObjectTree(null, null, 0, 0, null);

  private record Slots(long[] objects, ObjectTree[] trees) {
    Slots(int length) {
      this(new long[length], new ObjectTree[length]);
    }
  }

  private volatile Slots slots = new Slots(FIRST_SLOTS);
  private int used;
  private int size;

  ObjectTree get(long object) {
    Slots seen = slots;
    int mask = seen.objects.length - 1;
    for (int i = home(object, mask); ; i = i + 1 & mask) {
      ObjectTree tree = (ObjectTree) TREE.getAcquire(seen.trees, i);
      if (tree == null) {
        return null;
      }
      if (tree != GRAVE && seen.objects[i] == object) {
        return tree;
      }
    }
  }

  /** The tree of an object, made when there is none; null when the maker refuses. */
  synchronized ObjectTree getOrMake(long object, Supplier<ObjectTree> maker) {
    ObjectTree known = get(object);
    if (known != null) {
      return known;
    }
    ObjectTree made = maker.get();
    if (made != null) {
      if ((used + 1) * 4 > slots.objects.length * 3) {
        rehash();
      }
      insert(slots, object, made);
      used++;
      size++;
    }
    return made;
  }

  synchronized void remove(long object, ObjectTree tree) {
    Slots seen = slots;
    int mask = seen.objects.length - 1;
    for (int i = home(object, mask); seen.trees[i] != null; i = i + 1 & mask) {
      if (seen.trees[i] == tree) {
        TREE.setRelease(seen.trees, i, GRAVE);
        size--;
        return;
      }
    }
  }

  /** Shows every tree that is in the map now. */
  void forEach(BiConsumer<Long, ObjectTree> visitor) {
    Slots seen = slots;
    for (int i = 0; i < seen.trees.length; i++) {
      ObjectTree tree = (ObjectTree) TREE.getAcquire(seen.trees, i);
      if (tree != null && tree != GRAVE) {
        visitor.accept(seen.objects[i], tree);
      }
    }
  }

  private void rehash() {
    Slots old = slots;
    Slots grown = new Slots(Integer.highestOneBit(Math.max(FIRST_SLOTS / 2, size)) * 4);
    for (int i = 0; i < old.trees.length; i++) {
      if (old.trees[i] != null && old.trees[i] != GRAVE) {
        insert(grown, old.objects[i], old.trees[i]);
      }
    }
    used = size;
    slots = grown;
  }

  private static void insert(Slots into, long object, ObjectTree tree) {
    int mask = into.objects.length - 1;
    int i = home(object, mask);
    while (into.trees[i] != null) {
      i = i + 1 & mask;
    }
    into.objects[i] = object;
    TREE.setRelease(into.trees, i, tree);
  }

  /** As many of the highest bits as the map has slots for, since multiplying mixes those best. */
  static int home(long object, int mask) {
    return (int) (object * 0x9e37_79b9_7f4a_7c15L >>> Long.numberOfLeadingZeros(mask));
  }
}
