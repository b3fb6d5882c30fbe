import React, { memo, useEffect as onChange, useState } from 'react'
import * as icons from '@acme/icons'
import './menu.css'
import { label } from '@/labels'

/** Shows what one may choose. */
export const Menu = memo(function Menu({ items, onChoose, open: isOpen = false, ...rest }) {
  const [chosen, choose] = useState(null)
  onChange(() => {
    if (chosen && onChoose) onChoose(chosen)
  }, [chosen])
  return (
    <ul className="menu" hidden={!isOpen} {...rest}>
      {items.map((item) => (
        <li key={item.id} onClick={() => choose(item)}>
          <icons.Dot /> {label(item)} — {item.note || <Empty />}
        </li>
      ))}
    </ul>
  )
})

Menu.displayName = 'Menu'

function Empty() {
  return <></>
}

export function useToggle(initial) {
  const [on, set] = useState(initial)
  return [on, () => set(!on)]
}

export default ({ children }) => <nav>{children}</nav>
