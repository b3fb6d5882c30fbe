import fs = require('fs')
import type { Clock } from './clock'
import defaults, { type Options, merge as mergeOptions } from '../options'
import { Injectable } from '@nestjs/common'
import * as zod from 'zod'

export interface Entry<T> {
  readonly value: T
  expires?: number
  touch?(at: Date): void
}

export type Keys = { [key: string]: Entry<unknown> }
export type Name = string

export enum Policy {
  Oldest = 1,
  Newest = Oldest << 1,
}

declare function external(name: string): void

/**
 * Keeps values for a while.
 *
 * @example new Store(clock)
 */
@Injectable()
export class Store<T extends object = {}> extends Map<string, Entry<T>> implements Iterable<[string, Entry<T>]> {
  private static instances = 0
  declare tag: string
  #hits!: number

  constructor(
    private readonly clock: Clock,
    @zod.inject() options?: Partial<Options>,
  ) {
    super()
    Store.instances += 1
    this.#hits = mergeOptions(defaults, options ?? {}).hits as number
  }

  find(key: string): T | undefined
  find(key: string, fallback: T): T
  find(key: string, fallback?: T) {
    const found = this.get(key)
    if (!found || (found.expires !== undefined && found.expires < this.clock.now())) {
      return fallback
    }
    this.#hits++
    return found.value satisfies T
  }
}

export function parse(text: string): Keys
export function parse(text: Buffer, encoding: BufferEncoding): Keys
export function parse(text: string | Buffer, encoding: BufferEncoding = 'utf8'): Keys {
  return JSON.parse(typeof text === 'string' ? text : text.toString(encoding)) as Keys
}

export namespace Files {
  export const suffix = '.json'

  /** Reads a file. */
  export function read(this: void, name: string): string {
    return fs.readFileSync(`${name}
${suffix}`, 'utf8')
  }
}

export const isEntry = <T,>(value: unknown): value is Entry<T> => typeof value === 'object' && value !== null && 'value' in value
export const compare: (a: Name, b: Name) => number = (a, b) => (a < b ? -1 : a > b ? 1 : 0)
