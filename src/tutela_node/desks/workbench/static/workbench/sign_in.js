// Says in the page what went wrong with a passkey; the sign-in library alone would write it to the console.
'use strict'
document.addEventListener('allauth.error', function (event) {
  const said = document.getElementById('key-problem')
  if (!said) return
  event.preventDefault()
  said.hidden = false
  said.focus()
})
