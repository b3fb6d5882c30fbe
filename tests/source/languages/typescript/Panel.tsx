import type { FC, ReactNode } from 'react'

type Props = { title: string; children?: ReactNode; onClose?: () => void }

export const Panel: FC<Props> = ({ title, children, onClose = () => {} }) => (
  <section aria-label={title}>
    <button onClick={onClose}>×</button>
    {children}
  </section>
)

export function pick<T, K extends keyof T>(from: T, ...keys: K[]): Pick<T, K> {
  const found = {} as Pick<T, K>
  for (const key of keys) found[key] = from[key]
  return found
}
