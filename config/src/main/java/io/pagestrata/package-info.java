// SPDX-License-Identifier: Apache-2.0
/**
 * The front door: {@link io.pagestrata.Pagestrata} opens a store, {@link
 * io.pagestrata.PagestrataBuilder} says what it is made of.
 */
package io.pagestrata;
